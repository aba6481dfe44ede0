#include "base/stream.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace culprit {
namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

// With a checksum, as the zstd program does.
std::string zstd(const std::string& text) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress2(context, packed.data(), packed.size(), text.data(), text.size()));
  ZSTD_freeCCtx(context);
  return packed;
}

std::string xz(const std::string& text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr,
                          reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                          reinterpret_cast<std::uint8_t*>(packed.data()), &size, packed.size());
  packed.resize(size);
  return packed;
}

struct Packer {
  Packing packing;
  std::string (*pack)(const std::string& text);
};
const std::vector<Packer> packers = {
    {Packing::gzip, gzip}, {Packing::zstd, zstd}, {Packing::xz, xz}};

// Lines that compress about as logs do, and differ so that a misplaced byte shows.
std::string log_of(std::size_t lines) {
  std::string text;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < lines; ++i) {
    state = state * 1'664'525 + 1'013'904'223;
    text += "2025-11-20T14:00:00Z level=info request_id=" + std::to_string(state) +
            " line=" + std::to_string(i) + "\n";
  }
  return text;
}

struct Unpacked {
  std::string text;
  std::string fault;  // empty: none
};

Unpacked unpack(const std::string& bytes, std::size_t read_bytes) {
  Unpacked made;
  auto opened = Stream::of(File::of_bytes(std::make_shared<const std::string>(bytes), "x.log"));
  if (!opened) return {"", opened.error().what};
  Stream stream = std::move(opened).value();
  std::string buffer(read_bytes, '\0');
  for (;;) {
    const auto got = stream.read(buffer);
    if (!got) made.fault = got.error().what;
    if (!got || *got == 0) return made;
    made.text.append(buffer, 0, *got);
  }
}

}  // namespace

TEST_CASE("a packing is told by the first bytes") {
  for (const Packer& packer : packers) {
    CHECK(packing_of(packer.pack("a").substr(0, 6)) == packer.packing);
  }
  CHECK(packing_of("") == Packing::plain);
  CHECK(packing_of("{\"ts\"") == Packing::plain);
  CHECK(packing_of("\x1f") == Packing::plain);
}

TEST_CASE("what was packed is read as it was, however little is read at a time") {
  for (const std::string& text : {std::string(), std::string("x"), log_of(3), log_of(9'000)}) {
    CAPTURE(text.size());
    for (const std::size_t read_bytes : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
      CAPTURE(read_bytes);
      CHECK(unpack(text, read_bytes).text == text);
      for (const Packer& packer : packers) {
        CAPTURE(name_of(packer.packing));
        const Unpacked made = unpack(packer.pack(text), read_bytes);
        CHECK(made.fault == "");
        CHECK((made.text == text));
      }
    }
  }
}

TEST_CASE("members of concatenated archives follow one another") {
  const std::string first = log_of(5'000);
  const std::string second = "between\n";
  for (const Packer& packer : packers) {
    CAPTURE(name_of(packer.packing));
    const std::string bytes = packer.pack(first) + packer.pack(second) + packer.pack(first);
    for (const std::size_t read_bytes : {std::size_t{13}, std::size_t{1} << 20}) {
      const Unpacked made = unpack(bytes, read_bytes);
      CHECK(made.fault == "");
      CHECK((made.text == first + second + first));
    }
  }
}

TEST_CASE("zeros behind a gzip member are padding") {
  const Unpacked made = unpack(gzip("a line\n") + std::string(512, '\0'), 100);
  CHECK(made.text == "a line\n");
  CHECK(made.fault == "");
}

TEST_CASE("bytes that found no room are not lost where a cut archive ends") {
  const std::string packed = gzip(std::string(5000, 'a') + "\n");
  for (std::size_t size = 12; size < packed.size(); ++size) {
    const std::string cut = packed.substr(0, size);
    CAPTURE(size);
    CHECK(unpack(cut, 7).text.size() == unpack(cut, 100'000).text.size());
  }
}

TEST_CASE("what stands before damage is given, however much is asked for at once") {
  const std::string text = log_of(40'000);
  for (const Packer& packer : packers) {
    CAPTURE(name_of(packer.packing));
    std::string bytes = packer.pack(text);
    bytes[bytes.size() * 3 / 4] = static_cast<char>(bytes[bytes.size() * 3 / 4] ^ 0x55);
    const Unpacked little = unpack(bytes, 1000);
    const Unpacked much = unpack(bytes, 8 << 20);
    CHECK(much.fault != "");
    CHECK(much.text.size() > text.size() / 2);
    CHECK((much.text == little.text));
  }
}

TEST_CASE("a truncated archive gives what it holds, then says that it is cut off") {
  const std::string text = log_of(20'000);
  for (const Packer& packer : packers) {
    CAPTURE(name_of(packer.packing));
    const std::string bytes = packer.pack(text);
    const Unpacked made = unpack(bytes.substr(0, bytes.size() / 2), 4096);
    CHECK(made.text.size() > text.size() / 4);
    CHECK(text.starts_with(made.text));
    CHECK(made.fault.find("x.log: the " + std::string(name_of(packer.packing)) +
                          " data is cut off near byte") == 0);
  }
}

TEST_CASE("wherever an archive is cut it is an error, never a crash or a quiet end") {
  const std::string text = log_of(40);
  for (const Packer& packer : packers) {
    CAPTURE(name_of(packer.packing));
    const std::string bytes = packer.pack(text);
    for (std::size_t size = 6; size < bytes.size(); ++size) {
      CAPTURE(size);
      const Unpacked made = unpack(bytes.substr(0, size), 64);
      CHECK(made.fault != "");
      CHECK(text.starts_with(made.text));
    }
  }
}

TEST_CASE("a damaged archive gives what stands before the damage, then an error with its place") {
  const std::string text = log_of(20'000);
  for (const Packer& packer : packers) {
    CAPTURE(name_of(packer.packing));
    std::string bytes = packer.pack(text);
    for (std::size_t i = 0; i < 16; ++i) bytes[bytes.size() / 2 + i] ^= 0x5a;
    const Unpacked made = unpack(bytes, 4096);
    CHECK(made.fault.find("data is damaged near byte") != std::string::npos);
    // Up to the damage the text is right; what a broken block gives before it is noticed is not.
    const std::size_t sure = text.size() / 4;
    CHECK((made.text.substr(0, sure) == text.substr(0, sure)));
  }
}

TEST_CASE("progress is told in bytes of the source") {
  const std::string bytes = gzip(log_of(50'000));
  auto opened = Stream::of(File::of_bytes(std::make_shared<const std::string>(bytes), "x.gz"));
  REQUIRE(opened);
  Stream stream = std::move(opened).value();
  CHECK(stream.packing() == Packing::gzip);
  std::string buffer(1 << 16, '\0');
  std::uint64_t before = 0;
  for (;;) {
    const auto got = stream.read(buffer);
    REQUIRE(got);
    CHECK(stream.consumed() >= before);
    before = stream.consumed();
    if (*got == 0) break;
  }
  CHECK(before == bytes.size());
}

namespace {

// The text, then what was wrong with the rest.
std::string through(const std::string& bytes, std::size_t at_a_time) {
  auto stream = Stream::of(File::of_bytes(std::make_shared<const std::string>(bytes), "a.log"));
  REQUIRE(stream);
  Stream opened = std::move(stream).value();
  std::string text;
  std::string buffer(at_a_time, '\0');
  for (;;) {
    const auto got = opened.read(buffer);
    if (!got) return text + "|" + got.error().what;
    if (*got == 0) return text;
    text.append(buffer, 0, *got);
  }
}

std::string utf16(std::u16string_view text, Encoding encoding) {
  std::string bytes;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    bytes += encoding == Encoding::utf16_le ? std::string{low, high} : std::string{high, low};
  }
  return bytes;
}

}  // namespace

TEST_CASE("UTF-16 comes out as UTF-8, by its mark or by its zeros, packed or not") {
  const std::u16string text = u"ready gr\u00fc\u00df \u20ac \U0001F642\n";
  const std::string wanted = "ready gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x99\x82\n";
  std::u16string many;
  std::string many_wanted;
  for (int i = 0; i < 20'000; ++i) {
    many += text;
    many_wanted += wanted;
  }
  for (const Encoding encoding : {Encoding::utf16_le, Encoding::utf16_be}) {
    CHECK(through(utf16(text, encoding), 100) == wanted);
    CHECK(through(utf16(u"\uFEFF" + text, encoding), 3) == wanted);
    CHECK(through(gzip(utf16(u"\uFEFF" + text, encoding)), 100) == wanted);
    CHECK(through(utf16(many, encoding), 65'537) == many_wanted);
  }
  const std::string halves =
      utf16(u"\uFEFF" + std::u16string{0xD83D, u'a', 0xDE42}, Encoding::utf16_le);
  CHECK(through(halves, 100) ==
        "\xef\xbf\xbd"
        "a"
        "\xef\xbf\xbd");
  CHECK(through(utf16(text, Encoding::utf16_le).substr(0, 13), 100) == "ready ");
  CHECK(through("plain \xff\xfe text", 100) == "plain \xff\xfe text");
  const std::string cut = gzip(utf16(u"\uFEFF" + many, Encoding::utf16_le));
  CHECK(through(cut.substr(0, cut.size() / 2), 100).find("|a.log: the gzip data is cut off") !=
        std::string::npos);
}

TEST_CASE("an archive that unpacks to absurdly much is read up to a bound") {
  const std::string bomb = gzip(std::string(300 << 20, 'x'));
  REQUIRE(bomb.size() * Stream::unpacked_times_max < (300 << 20));
  const std::string text = through(bomb, 1 << 20);
  const std::size_t bar = text.find('|');
  REQUIRE(bar != std::string::npos);
  CHECK(bar >= Stream::unpacked_least);
  CHECK(bar < Stream::unpacked_least + (2 << 20));
  CHECK(text.find("unpacks to more than 500 times its size") != std::string::npos);
}

}  // namespace culprit
