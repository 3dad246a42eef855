-- Which source a triangle comes from: a column `source` in the views that list triangles, and the box of each source.

-- The lookup of a source by triangle reads this index alone. The last column is the name of the file without its folder:
-- what is left if all characters but '/' are trimmed from the end.
CREATE INDEX sources_first_triangle ON sources (
  first_triangle, last_triangle, substr(path, length(rtrim(path, replace(path, '/', ''))) + 1)
);

-- The triangles of each source: a run of consecutive ids, both ends included.
CREATE VIEW source_runs AS
SELECT id AS source,
  substr(path, length(rtrim(path, replace(path, '/', ''))) + 1) AS name,
  first_triangle AS first, last_triangle AS last
FROM sources
WHERE first_triangle IS NOT NULL;

DROP VIEW triangle_corners;
DROP VIEW triangle_measures;
DROP VIEW boundary_edges;
DROP VIEW misoriented_edges;
DROP VIEW degenerate_triangles;
DROP VIEW duplicate_triangles;

-- Triangles with the positions of their corners, in the units of their source.
CREATE VIEW triangle_corners AS
SELECT t.id, t.a, t.b, t.c,
  va.x AS ax, va.y AS ay, va.z AS az,
  vb.x AS bx, vb.y AS by, vb.z AS bz,
  vc.x AS cx, vc.y AS cy, vc.z AS cz,
  (SELECT CASE WHEN last >= t.id THEN name END FROM source_runs
    WHERE first <= t.id ORDER BY first DESC LIMIT 1) AS source
FROM triangles AS t
LEFT JOIN vertices AS va ON va.id = t.a
LEFT JOIN vertices AS vb ON vb.id = t.b
LEFT JOIN vertices AS vc ON vc.id = t.c;

-- The same with measures. The first columns are those of a filter's condition.
CREATE VIEW triangle_measures AS
SELECT id, a, b, c, ax, ay, az, bx, by, bz, cx, cy, cz,
  (ax + bx + cx) / 3 AS centroid_x, (ay + by + cy) / 3 AS centroid_y, (az + bz + cz) / 3 AS centroid_z,
  min(ax, bx, cx) AS min_x, min(ay, by, cy) AS min_y, min(az, bz, cz) AS min_z,
  max(ax, bx, cx) AS max_x, max(ay, by, cy) AS max_y, max(az, bz, cz) AS max_z,
  0.5 * doubled AS area,
  nx / doubled AS normal_x, ny / doubled AS normal_y, nz / doubled AS normal_z,
  ab, bc, ca,
  max(ab, bc, ca) * (ab + bc + ca) / (2 * sqrt(3.0) * doubled) AS aspect,
  source
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

-- Edges of one triangle only, in its direction: the rims of holes and of open surfaces.
CREATE VIEW boundary_edges AS
SELECT origin, target, triangle,
  (SELECT CASE WHEN last >= triangle THEN name END FROM source_runs
    WHERE first <= triangle ORDER BY first DESC LIMIT 1) AS source
FROM (
  SELECT min(origin) AS origin, min(target) AS target, min(triangle) AS triangle
  FROM half_edges
  GROUP BY min(origin, target), max(origin, target)
  HAVING count(*) = 1
);

-- Edges along which two triangles run in the same direction: one of them faces the wrong way. `source` is that of the
-- first.
CREATE VIEW misoriented_edges AS
SELECT origin, target, triangle, neighbor,
  (SELECT CASE WHEN last >= triangle THEN name END FROM source_runs
    WHERE first <= triangle ORDER BY first DESC LIMIT 1) AS source
FROM (
  SELECT min(origin) AS origin, min(target) AS target, min(triangle) AS triangle, max(triangle) AS neighbor
  FROM half_edges
  GROUP BY min(origin, target), max(origin, target)
  HAVING count(*) = 2 AND min(origin) = max(origin)
);

-- Triangles two of whose corners are the same vertex.
CREATE VIEW degenerate_triangles AS
SELECT id, a, b, c,
  (SELECT CASE WHEN last >= t.id THEN name END FROM source_runs
    WHERE first <= t.id ORDER BY first DESC LIMIT 1) AS source
FROM triangles AS t
WHERE a = b OR b = c OR c = a;

-- Triangles with the same three vertices, in any order, as an earlier one. Degenerate ones are left out.
CREATE VIEW duplicate_triangles AS
SELECT id, first,
  (SELECT CASE WHEN r.last >= d.id THEN name END FROM source_runs AS r
    WHERE r.first <= d.id ORDER BY r.first DESC LIMIT 1) AS source
FROM (
  SELECT id, min(id) OVER (
    PARTITION BY min(a, b, c), a + b + c - min(a, b, c) - max(a, b, c), max(a, b, c)
  ) AS first
  FROM triangles
  WHERE a <> b AND b <> c AND c <> a
) AS d
WHERE id > first;

-- Each source with triangles, with their number and the box around them.
CREATE VIEW source_bounds AS
SELECT r.source, r.name, count(m.id) AS triangles,
  min(m.min_x) AS min_x, min(m.min_y) AS min_y, min(m.min_z) AS min_z,
  max(m.max_x) AS max_x, max(m.max_y) AS max_y, max(m.max_z) AS max_z
FROM source_runs AS r
LEFT JOIN triangle_measures AS m ON m.id BETWEEN r.first AND r.last
GROUP BY r.source;
