-- The view vertex_degrees of 0003 looked through all edges for each vertex: SQLite compared ids with a column without
-- a type, for which it builds no index. Ids are integers here, and edges are sorted once.
DROP VIEW vertex_degrees;

-- How many edges meet at each vertex, its degree, and how many corners of triangles.
CREATE VIEW vertex_degrees AS
WITH pairs AS MATERIALIZED (SELECT u, v FROM edges)
SELECT v.id AS vertex, coalesce(e.degree, 0) AS degree, coalesce(t.corners, 0) AS corners
FROM vertices AS v
LEFT JOIN (
  SELECT CAST(vertex AS INTEGER) AS vertex, count(*) AS degree
  FROM (SELECT u AS vertex FROM pairs UNION ALL SELECT v FROM pairs)
  GROUP BY 1
) AS e ON e.vertex = v.id
LEFT JOIN (
  SELECT vertex, count(*) AS corners
  FROM (SELECT a AS vertex FROM triangles UNION ALL SELECT b FROM triangles UNION ALL SELECT c FROM triangles)
  GROUP BY vertex
) AS t ON t.vertex = v.id;
