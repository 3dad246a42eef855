// Binary STL to OFF with everything in memory, on one core: `in-memory <in.stl> <out.off>`.
//
// The benchmark's yardstick: about as fast as the machine can, in memory. No database, no batches that wait, no limit
// on memory, and compiled for the processor at hand. It holds 12 bytes for each triangle, 12 for each vertex, and 16
// to 32 more for each vertex in the table that welds them.
//
// It does only this: float32 positions are welded where they are equal (-0 is 0), vertices stand in the order of
// their first use, triangles in that of the file, and numbers have the fewest digits that give them back. Whatever
// else it meets ends it with a message and exit 1; what it has written by then stays as it is.

#include <bit>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>

static_assert(std::endian::native == std::endian::little, "binary STL is read as it lies in the file");

constexpr size_t HEADER_BYTES = 84, RECORD_BYTES = 50, NORMAL_BYTES = 12;
/// Triangles welded at a time: enough to hide that memory is slow, few enough for the innermost cache.
constexpr size_t BATCH = 64;
constexpr size_t READ_BYTES = RECORD_BYTES * BATCH * 320, WRITE_BYTES = 1 << 20;
/// More than the longest line, which is three floats of at most 15 characters or a 3 and three ids.
constexpr size_t LINE_BYTES = 64;

[[noreturn]] static void fail(const char *name, const char *what) {
  std::fprintf(stderr, "in-memory: %s: %s\n", name, what);
  std::exit(1);
}

static FILE *open_file(const char *name, const char *mode) {
  FILE *const file = std::fopen(name, mode);
  if (file == nullptr) fail(name, std::strerror(errno));
  std::setvbuf(file, nullptr, _IONBF, 0);  // the buffers here are larger than its own
  return file;
}

/// An array of zeros. Memory that is never touched costs nothing. Only the end of the process frees most of it.
template <typename T> static T *reserve(size_t count) {
  T *const at = static_cast<T *>(std::calloc(count + 1, sizeof(T)));
  if (at == nullptr) fail("memory", std::strerror(errno));
  return at;
}

struct Position {
  float x, y, z;
  bool operator==(const Position &) const = default;
};

static uint32_t hash(const Position &p) {
  const uint64_t x = std::bit_cast<uint32_t>(p.x), y = std::bit_cast<uint32_t>(p.y), z = std::bit_cast<uint32_t>(p.z);
  const uint64_t bits = (x | y << 32) * 0x9e3779b97f4a7c15u;
  return uint32_t(((bits ^ bits >> 32 ^ z) * 0xd6e8feb86659fd93u) >> 32);
}

/// Positions to ids in the order of first use: open addressing, the next slot where one is taken.
class Welder {
  /// `number` is one more than the id, 0 in an empty slot. `tag` is the hash: it tells nearly all strangers apart.
  struct Slot {
    uint32_t tag, number;
  };

  size_t size;
  Slot *slots;

  /// By the upper bits of the hash, whose lower ones then tell neighbours apart.
  size_t first_slot(uint32_t tag) const { return size_t(tag * uint64_t(size) >> 32); }
  size_t next_slot(size_t at) const { return (at + 1) & (size - 1); }

  void grow() {
    Slot *const old = slots;
    slots = reserve<Slot>(size *= 2);
    for (const Slot *slot = old; slot < old + size / 2; slot++) {
      size_t at = first_slot(slot->tag);
      while (slot->number != 0 && slots[at].number != 0) at = next_slot(at);
      if (slot->number != 0) slots[at] = *slot;
    }
    std::free(old);
  }

public:
  Position *const vertices;
  uint32_t count = 0;

  /// There are usually half as many vertices as triangles; those fill at most half of the table.
  explicit Welder(size_t triangles)
      : size(std::bit_ceil(triangles + 3 * BATCH)), slots(reserve<Slot>(size)),
        vertices(reserve<Position>(3 * triangles)) {}

  /// Welds up to 3 x BATCH corners. Each round asks for the memory that the next one reads.
  void weld(const Position *corners, size_t length, uint32_t *ids, const char *input) {
    uint32_t tags[3 * BATCH];
    while (2 * (count + length) > size) grow();
    for (size_t k = 0; k < length; k++) {
      tags[k] = hash(corners[k]);
      __builtin_prefetch(&slots[first_slot(tags[k])]);
    }
    for (size_t k = 0; k < length; k++) {
      const uint32_t number = slots[first_slot(tags[k])].number;
      if (number != 0) __builtin_prefetch(&vertices[number - 1]);
    }
    for (size_t k = 0; k < length; k++) {
      const Position &p = corners[k];
      size_t at = first_slot(tags[k]);
      while (slots[at].number != 0 && !(slots[at].tag == tags[k] && vertices[slots[at].number - 1] == p))
        at = next_slot(at);
      if (slots[at].number == 0) {
        if (p.x * 0 + p.y * 0 + p.z * 0 != 0) fail(input, "a coordinate is not a finite number");
        vertices[count] = p;
        slots[at] = {tags[k], ++count};
      }
      ids[k] = slots[at].number - 1;
    }
  }
};

/// The output, through one buffer.
class Output {
  const char *const name;
  FILE *const file;
  char *const buffer = new char[WRITE_BYTES];
  char *at = buffer;

  void flush() {
    const size_t bytes = size_t(at - buffer);
    if (std::fwrite(buffer, 1, bytes, file) != bytes) fail(name, std::strerror(errno));
    at = buffer;
  }

public:
  explicit Output(const char *path) : name(path), file(open_file(path, "wb")) {}

  /// Makes room for a line, and writes how it begins.
  void begin_line(const char *words) {
    if (size_t(at - buffer) > WRITE_BYTES - LINE_BYTES) flush();
    while (*words != 0) *at++ = *words++;
  }

  template <typename T> void number(T value, char after) {
    at = std::to_chars(at, at + LINE_BYTES, value).ptr;
    *at++ = after;
  }

  void finish() {
    flush();
    if (std::fclose(file) != 0) fail(name, std::strerror(errno));
  }
};

int main(int argc, char **argv) {
  if (argc != 3) fail("arguments", "expected <in.stl> <out.off>");
  const char *const input = argv[1];
  FILE *const file = open_file(input, "rb");
  char *const bytes = new char[READ_BYTES];
  if (std::fread(bytes, 1, HEADER_BYTES, file) < HEADER_BYTES) fail(input, "too short for a binary STL");
  uint32_t triangles;
  std::memcpy(&triangles, &bytes[HEADER_BYTES - sizeof triangles], sizeof triangles);
  struct stat facts;
  if (fstat(fileno(file), &facts) != 0) fail(input, std::strerror(errno));
  if (size_t(facts.st_size) != HEADER_BYTES + RECORD_BYTES * size_t(triangles))
    fail(input, "its size is not that of a binary STL of the triangles it announces");
  if (triangles > (UINT32_MAX - 1) / 3) fail(input, "too many triangles for ids of 32 bits");

  Welder welder(triangles);
  uint32_t *const ids = reserve<uint32_t>(3 * size_t(triangles));
  for (size_t done = 0; done < triangles;) {
    const size_t length = std::fread(bytes, 1, READ_BYTES, file) / RECORD_BYTES;
    if (length == 0 || length > triangles - done) fail(input, "could not be read to its end, or has changed meanwhile");
    Position corners[3 * BATCH];
    for (size_t first = 0; first < length; first += BATCH) {
      const size_t batch = length - first < BATCH ? length - first : BATCH;
      for (size_t k = 0; k < batch; k++)
        std::memcpy(&corners[3 * k], &bytes[RECORD_BYTES * (first + k) + NORMAL_BYTES], 3 * sizeof(Position));
      for (Position *p = corners; p < corners + 3 * batch; p++)
        *p = {p->x + 0.0f, p->y + 0.0f, p->z + 0.0f};  // -0 + 0 is 0
      welder.weld(corners, 3 * batch, &ids[3 * (done + first)], input);
    }
    done += length;
  }

  Output out(argv[2]);
  out.begin_line("OFF\n");
  out.number(welder.count, ' ');
  out.number(triangles, ' ');
  out.number(0, '\n');
  for (const Position *p = welder.vertices; p < welder.vertices + welder.count; p++) {
    out.begin_line("");
    out.number(p->x, ' ');
    out.number(p->y, ' ');
    out.number(p->z, '\n');
  }
  for (const uint32_t *id = ids; id < ids + 3 * size_t(triangles); id += 3) {
    out.begin_line("3 ");
    out.number(id[0], ' ');
    out.number(id[1], ' ');
    out.number(id[2], '\n');
  }
  out.finish();
}
