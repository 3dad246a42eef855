-- Bases: how many vertices are new in each shard, and the id of its first new one in the joined mesh.
--
-- Reads shards (shard, vertices, ...) and seams (shard, ...); a row for each shard.
SELECT
  shard,
  fresh,
  CAST(sum(fresh) OVER (ORDER BY shard) - fresh AS BIGINT) AS base
FROM (
  SELECT s.shard, CAST(s.vertices - coalesce(c.seams, 0) AS BIGINT) AS fresh
  FROM shards AS s
  LEFT JOIN (SELECT shard, count(*) AS seams FROM seams GROUP BY shard) AS c ON c.shard = s.shard
) AS counts
