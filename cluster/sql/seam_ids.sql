-- Seam ids: the id that each seam has in the joined mesh, where its position first appeared.
--
-- Reads seams and bases. New vertices of a shard have consecutive ids from its base on, in order. So the id of a first
-- appearance is the base, plus its number in the shard, less the seams before it.
WITH marks AS (
  SELECT shard, vertex, 1 AS is_seam FROM seams
  UNION ALL
  SELECT DISTINCT first_shard, first_vertex, 0 FROM seams
),
ranks AS (
  SELECT
    shard,
    vertex,
    is_seam,
    vertex - sum(is_seam) OVER (PARTITION BY shard ORDER BY vertex) AS new_before
  FROM marks
)
SELECT s.shard, s.vertex, CAST(b.base + r.new_before AS BIGINT) AS id
FROM seams AS s
JOIN ranks AS r ON r.shard = s.first_shard AND r.vertex = s.first_vertex AND r.is_seam = 0
JOIN bases AS b ON b.shard = s.first_shard
