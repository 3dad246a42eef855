-- Views for people: what a mesh is made of, measured and checked, in plain SQL for any SQLite from 3.37 on that has
-- the mathematical functions. docs/schema.md explains each column. Nothing of offload itself depends on them.

-- Triangles with the positions of their corners, in the source's units.
CREATE VIEW triangle_corners AS
SELECT t.id, t.a, t.b, t.c,
  va.x AS ax, va.y AS ay, va.z AS az,
  vb.x AS bx, vb.y AS by, vb.z AS bz,
  vc.x AS cx, vc.y AS cy, vc.z AS cz
FROM triangles AS t
LEFT JOIN vertices AS va ON va.id = t.a
LEFT JOIN vertices AS vb ON vb.id = t.b
LEFT JOIN vertices AS vc ON vc.id = t.c;

-- The same with what can be computed of each. The first columns are those of a filter's condition.
CREATE VIEW triangle_measures AS
SELECT id, a, b, c, ax, ay, az, bx, by, bz, cx, cy, cz,
  (ax + bx + cx) / 3 AS centroid_x, (ay + by + cy) / 3 AS centroid_y, (az + bz + cz) / 3 AS centroid_z,
  min(ax, bx, cx) AS min_x, min(ay, by, cy) AS min_y, min(az, bz, cz) AS min_z,
  max(ax, bx, cx) AS max_x, max(ay, by, cy) AS max_y, max(az, bz, cz) AS max_z,
  0.5 * doubled AS area,
  nx / doubled AS normal_x, ny / doubled AS normal_y, nz / doubled AS normal_z,
  ab, bc, ca,
  max(ab, bc, ca) * (ab + bc + ca) / (2 * sqrt(3.0) * doubled) AS aspect
FROM (
  SELECT *, sqrt(nx * nx + ny * ny + nz * nz) AS doubled
  FROM (
    SELECT *,
      (by - ay) * (cz - az) - (bz - az) * (cy - ay) AS nx,
      (bz - az) * (cx - ax) - (bx - ax) * (cz - az) AS ny,
      (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) AS nz,
      sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay) + (bz - az) * (bz - az)) AS ab,
      sqrt((cx - bx) * (cx - bx) + (cy - by) * (cy - by) + (cz - bz) * (cz - bz)) AS bc,
      sqrt((ax - cx) * (ax - cx) + (ay - cy) * (ay - cy) + (az - cz) * (az - cz)) AS ca
    FROM triangle_corners
  )
);

-- The edges of each triangle in its direction: a to b, b to c, c to a. Degenerate triangles have none: what is wrong
-- with a surface is told without them.
CREATE VIEW half_edges AS
SELECT id AS triangle, a AS origin, b AS target FROM triangles WHERE a <> b AND b <> c AND c <> a
UNION ALL SELECT id, b, c FROM triangles WHERE a <> b AND b <> c AND c <> a
UNION ALL SELECT id, c, a FROM triangles WHERE a <> b AND b <> c AND c <> a;

-- Each edge once, with how many triangles run along it, and in which direction.
CREATE VIEW edges AS
SELECT min(origin, target) AS u, max(origin, target) AS v,
  count(*) AS triangles,
  sum(origin < target) AS forward,
  sum(origin > target) AS backward
FROM half_edges
GROUP BY 1, 2;

-- Edges of one triangle only, in its direction: the rims of holes and of open surfaces.
CREATE VIEW boundary_edges AS
SELECT min(origin) AS origin, min(target) AS target, min(triangle) AS triangle
FROM half_edges
GROUP BY min(origin, target), max(origin, target)
HAVING count(*) = 1;

-- Edges of more than two triangles.
CREATE VIEW non_manifold_edges AS
SELECT u, v, triangles FROM edges WHERE triangles > 2;

-- Edges along which two triangles run in the same direction: one of them faces the wrong way.
CREATE VIEW misoriented_edges AS
SELECT min(origin) AS origin, min(target) AS target, min(triangle) AS triangle, max(triangle) AS neighbor
FROM half_edges
GROUP BY min(origin, target), max(origin, target)
HAVING count(*) = 2 AND min(origin) = max(origin);

-- Vertices whose triangles do not all hang together by edges that end there: the surface only touches itself. From one
-- neighbour of each vertex, the edges opposite to its corners lead to those that hang together with it.
CREATE VIEW non_manifold_vertices AS
WITH RECURSIVE
  sound AS (SELECT a, b, c FROM triangles WHERE a <> b AND b <> c AND c <> a),
  opposite (vertex, u, v) AS MATERIALIZED (
    SELECT a, b, c FROM sound UNION ALL SELECT a, c, b FROM sound
    UNION ALL SELECT b, c, a FROM sound UNION ALL SELECT b, a, c FROM sound
    UNION ALL SELECT c, a, b FROM sound UNION ALL SELECT c, b, a FROM sound
  ),
  reached (vertex, neighbor) AS (
    SELECT vertex, min(u) FROM opposite GROUP BY vertex
    UNION
    SELECT o.vertex, o.v FROM reached AS r JOIN opposite AS o ON o.vertex = r.vertex AND o.u = r.neighbor
  )
SELECT n.vertex, n.neighbors
FROM (SELECT vertex, count(DISTINCT u) AS neighbors FROM opposite GROUP BY vertex) AS n
JOIN (SELECT vertex, count(*) AS neighbors FROM reached GROUP BY vertex) AS r ON r.vertex = n.vertex
WHERE r.neighbors < n.neighbors;

-- Triangles two of whose corners are one vertex.
CREATE VIEW degenerate_triangles AS
SELECT id, a, b, c FROM triangles WHERE a = b OR b = c OR c = a;

-- Triangles with the same three vertices, in whatever order, as an earlier one. Degenerate ones have no three.
CREATE VIEW duplicate_triangles AS
SELECT id, first FROM (
  SELECT id, min(id) OVER (
    PARTITION BY min(a, b, c), a + b + c - min(a, b, c) - max(a, b, c), max(a, b, c)
  ) AS first
  FROM triangles
  WHERE a <> b AND b <> c AND c <> a
)
WHERE id > first;

-- Vertices that no triangle has.
CREATE VIEW unreferenced_vertices AS
SELECT id, x, y, z FROM vertices
WHERE id NOT IN (SELECT a FROM triangles UNION SELECT b FROM triangles UNION SELECT c FROM triangles);

-- How many edges meet at each vertex, its degree, and how many of its triangles' corners.
CREATE VIEW vertex_degrees AS
SELECT v.id AS vertex, coalesce(e.degree, 0) AS degree, coalesce(t.corners, 0) AS corners
FROM vertices AS v
LEFT JOIN (
  SELECT vertex, count(*) AS degree
  FROM (SELECT u AS vertex FROM edges UNION ALL SELECT v FROM edges)
  GROUP BY vertex
) AS e ON e.vertex = v.id
LEFT JOIN (
  SELECT vertex, count(*) AS corners
  FROM (SELECT a AS vertex FROM triangles UNION ALL SELECT b FROM triangles UNION ALL SELECT c FROM triangles)
  GROUP BY vertex
) AS t ON t.vertex = v.id;

-- The triangles of each part.
CREATE VIEW part_triangles AS
SELECT r.part, t.id AS triangle
FROM part_runs AS r JOIN triangles AS t ON t.id BETWEEN r.first AND r.last;

-- Each part with its triangles counted and the box around them; NULL where it has none.
CREATE VIEW part_bounds AS
SELECT p.id AS part, p.name, p.kind, count(m.id) AS triangles,
  min(m.min_x) AS min_x, min(m.min_y) AS min_y, min(m.min_z) AS min_z,
  max(m.max_x) AS max_x, max(m.max_y) AS max_y, max(m.max_z) AS max_z
FROM parts AS p
LEFT JOIN part_triangles AS pt ON pt.part = p.id
LEFT JOIN triangle_measures AS m ON m.id = pt.triangle
GROUP BY p.id;
