-- Totals: the counts of the joined mesh, and its precision, which is float64 if that of any shard is.
--
-- Reads shards and bases; one row.
SELECT
  (SELECT CAST(sum(fresh) AS BIGINT) FROM bases) AS vertices,
  CAST(sum(triangles) AS BIGINT) AS triangles,
  max(precision) AS positions
FROM shards
