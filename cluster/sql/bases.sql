-- Bases: how many vertices are new in each shard, and the ids of its first new vertex and its first triangle in the
-- joined mesh.
--
-- Reads shards (shard, vertices, triangles, ...) and seams (shard, ...); a row for each shard.
SELECT
  shard,
  fresh,
  CAST(sum(fresh) OVER (ORDER BY shard) - fresh AS BIGINT) AS base,
  CAST(sum(triangles) OVER (ORDER BY shard) - triangles AS BIGINT) AS first_triangle
FROM (
  SELECT s.shard, CAST(s.vertices - coalesce(c.seams, 0) AS BIGINT) AS fresh, s.triangles
  FROM shards AS s
  LEFT JOIN (SELECT shard, count(*) AS seams FROM seams GROUP BY shard) AS c ON c.shard = s.shard
) AS counts
