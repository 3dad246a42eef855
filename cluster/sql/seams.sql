-- Seams: the vertices of a shard whose position an earlier shard has, each with its first appearance.
--
-- Reads local_vertices (shard, vertex, x, y, z). A shard has each position once, and never -0 or NaN, so a group
-- has no more rows than there are shards. This is the only step that shuffles many rows.
SELECT shard, vertex, first_shard, first_vertex
FROM (
  SELECT
    shard,
    vertex,
    first_value(shard) OVER same_position AS first_shard,
    first_value(vertex) OVER same_position AS first_vertex
  FROM local_vertices
  WINDOW same_position AS (PARTITION BY x, y, z ORDER BY shard)
) AS appearances
WHERE first_shard < shard
