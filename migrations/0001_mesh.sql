-- The mesh: vertices, triangles, and where they came from.
--
-- Ids count from 0 without gaps, in order of first appearance in the source: vertex 12 here is vertex 12 of a
-- full OFF export. The tables are plain rowid tables and this file is plain SQL: any SQLite from 3.37 on reads
-- the result.

-- A vertex is its position; -0 is stored as 0, and nothing here is NaN or infinite.
CREATE TABLE vertices (
  id INTEGER PRIMARY KEY, -- 0 .. count - 1
  x REAL NOT NULL,        -- in the source's own units
  y REAL NOT NULL,
  z REAL NOT NULL
) STRICT;

-- Each position is stored once. An import drops this index, loads, and builds it again as the proof.
CREATE UNIQUE INDEX vertices_position ON vertices (x, y, z);

-- A triangle is three vertex ids in the order of its corners in the source; two of them may be equal.
CREATE TABLE triangles (
  id INTEGER PRIMARY KEY, -- 0 .. count - 1, the order of the source
  a INTEGER NOT NULL REFERENCES vertices (id),
  b INTEGER NOT NULL REFERENCES vertices (id),
  c INTEGER NOT NULL REFERENCES vertices (id)
) STRICT;

-- The file that was read, and what was found in it.
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,        -- absolute, or '-' for standard input
  format TEXT NOT NULL,      -- 'stl', 'ply', 'obj', 'off', 'raw'
  encoding TEXT NOT NULL,    -- 'binary' or 'ascii'
  precision TEXT NOT NULL CHECK (precision IN ('float32', 'float64')), -- of its positions
  size INTEGER NOT NULL,     -- of the file as it stands, compressed or not, in bytes
  modified TEXT,             -- time of last change, ISO 8601 UTC; NULL for standard input
  sha256 TEXT,               -- of those bytes, hexadecimal
  header BLOB,               -- the 80 bytes before a binary STL's count: a colour may stand in them
  options TEXT NOT NULL,     -- what the import was told, a JSON object
  imported TEXT NOT NULL,    -- time of the import, ISO 8601 UTC
  triangles INTEGER NOT NULL,  -- triangles read
  vertices INTEGER NOT NULL,   -- vertices left after welding
  faces INTEGER,               -- faces of an indexed source, polygons among them; NULL where corners are coordinates
  file_vertices INTEGER,       -- vertices of an indexed source before welding
  degenerate INTEGER NOT NULL, -- triangles two of whose corners are one vertex
  unreferenced INTEGER NOT NULL, -- vertices that no triangle has
  color_conflicts INTEGER NOT NULL,  -- vertices of the source with another colour than the first at their position
  normal_conflicts INTEGER NOT NULL, -- the same for normals
  min_x REAL, min_y REAL, min_z REAL, -- the box around all vertices; NULL when there are none
  max_x REAL, max_y REAL, max_z REAL,
  warnings TEXT NOT NULL     -- a JSON array of {kind, message, count}
) STRICT;

-- Named parts of the source: the solids of an ASCII STL; the objects, groups and materials of an OBJ, each time
-- that one begins.
CREATE TABLE parts (
  id INTEGER PRIMARY KEY,    -- 0 .. count - 1, the order of the source
  name TEXT NOT NULL,        -- '' where the source gives none; need not be unique
  kind TEXT NOT NULL         -- 'solid', 'object', 'group', 'material'; of each kind a triangle has at most one
) STRICT;

-- Which triangles belong to a part: runs of consecutive ids, both ends included.
CREATE TABLE part_runs (
  id INTEGER PRIMARY KEY,    -- 0 .. count - 1
  part INTEGER NOT NULL REFERENCES parts (id),
  first INTEGER NOT NULL,    -- triangle id
  last INTEGER NOT NULL      -- triangle id
) STRICT;

-- Colours, of those vertices that have one, each component from 0 to 1. Where vertices of the source were welded,
-- the first one's stands here.
CREATE TABLE vertex_colors (
  vertex INTEGER PRIMARY KEY REFERENCES vertices (id),
  r REAL NOT NULL,
  g REAL NOT NULL,
  b REAL NOT NULL,
  a REAL NOT NULL            -- 1 where the source gives none
) STRICT;

-- The same for triangles: the colour of the face that one was cut from.
CREATE TABLE triangle_colors (
  triangle INTEGER PRIMARY KEY REFERENCES triangles (id),
  r REAL NOT NULL,
  g REAL NOT NULL,
  b REAL NOT NULL,
  a REAL NOT NULL            -- 1 where the source gives none
) STRICT;

-- Normals, of those vertices that have one, as long as the source has them.
CREATE TABLE vertex_normals (
  vertex INTEGER PRIMARY KEY REFERENCES vertices (id),
  x REAL NOT NULL,
  y REAL NOT NULL,
  z REAL NOT NULL
) STRICT;

-- The 16-bit attribute word of a binary STL facet, as it stands there; facets without a row have 0.
CREATE TABLE stl_attributes (
  triangle INTEGER PRIMARY KEY REFERENCES triangles (id),
  word INTEGER NOT NULL      -- 1 .. 65535
) STRICT;

-- Now and then, where in the source a triangle begins: from here a reader can go on.
CREATE TABLE checkpoints (
  triangle INTEGER PRIMARY KEY, -- triangle id
  offset INTEGER NOT NULL,      -- bytes from the beginning of the source, unpacked where it is compressed
  line INTEGER NOT NULL,        -- from 1; 0 in a binary source
  face INTEGER,                 -- faces of an indexed source that come before it, the passed over as well; in strips
                                -- of PLY, strips before its own; else NULL
  vertices INTEGER,             -- in an OBJ, whose faces may count back, vertices that come before it, in other
                                -- indexed sources 0; else NULL
  strip INTEGER                 -- in strips of PLY, numbers of its strip from here on, negative where the triangle is
                                -- turned round; else NULL
) STRICT;

-- The same for the vertices of an indexed source, before they are welded.
CREATE TABLE vertex_checkpoints (
  number INTEGER PRIMARY KEY,   -- of the vertex in the source, from 0
  offset INTEGER NOT NULL,      -- as in checkpoints
  line INTEGER NOT NULL
) STRICT;

-- Now and then, where in the source a vertex appears first; those of greater ids appear there or later.
CREATE TABLE appearances (
  vertex INTEGER PRIMARY KEY,   -- vertex id
  number INTEGER NOT NULL       -- the triangle it is in, or, in an indexed source, which of the source's vertices it is
) STRICT;
