#include "contrast/frames.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace culprit {
namespace {

struct Row {
  const char* what;
  const char* text;
  std::vector<Frame> frames;
};

const std::vector<Row> rows = {
    {"Python, innermost last",
     "Traceback (most recent call last):\n"
     "  File \"/srv/shop/pay.py\", line 12, in charge\n"
     "    gateway.send(order)\n"
     "  File \"/srv/shop/gateway.py\", line 7, in send\n"
     "    raise Timeout(host)\n"
     "shop.gateway.Timeout: eu-1\n",
     {{"/srv/shop/pay.py", 12, "charge", 1}, {"/srv/shop/gateway.py", 7, "send", 0}}},
    {"Python behind a logger's prefix, at module level",
     "2026-03-01 E |   File \"jobs/nightly.py\", line 3, in <module>\n",
     {{"jobs/nightly.py", 3, "", 0}}},
    {"Java, with an inner class, a lambda's owner and a module",
     "java.lang.NullPointerException: owner\n"
     "\tat com.shop.pay.Gateway$Client.charge(Gateway.java:12)\n"
     "\tat app//com.shop.Cart.total(Cart.kt:40)\n"
     "\tat java.base/java.lang.Thread.run(Thread.java:829)\n"
     "\tat com.shop.Native.call(Native Method)\n",
     {{"com/shop/pay/Gateway.java", 12, "Gateway.charge", 0},
      {"com/shop/Cart.kt", 40, "Cart.total", 1},
      {"java/lang/Thread.java", 829, "Thread.run", 2}}},
    {"Go, the function a line before",
     "goroutine 7 [running]:\n"
     "shop.example/pay.(*Pool).Get(0xc000010000, 0x2)\n"
     "\t/go/src/shop/pay/pool.go:31 +0x1d\n"
     "main.main()\n"
     "\t/go/src/shop/main.go:9 +0x25\n",
     {{"/go/src/shop/pay/pool.go", 31, "pay.Pool.Get", 0},
      {"/go/src/shop/main.go", 9, "main.main", 1}}},
    {"JavaScript of Node",
     "TypeError: x is undefined\n"
     "    at Cart.total [as sum] (/app/src/cart.js:12:5)\n"
     "    at async /app/src/pay.ts:3:1\n"
     "    at new Order (webpack:///./src/order.tsx:8:2)\n"
     "    at Object.<anonymous> (/app/index.mjs:1:1)\n",
     {{"/app/src/cart.js", 12, "Cart.total", 0},
      {"/app/src/pay.ts", 3, "", 1},
      {"src/order.tsx", 8, "Order", 2},
      {"/app/index.mjs", 1, "Object", 3}}},
    {"gdb and the sanitizers",
     "#0  0x0000555 in shop::Pool::get (this=0x0, id=7) at /build/src/pool.cpp:12\n"
     "#1  main () at src/main.cc:4\n"
     "    #2 0x4f in f(int, char) src/f.c:3:9\n"
     "#3  0x00007 in start_thread () from /lib/libpthread.so.0\n",
     {{"/build/src/pool.cpp", 12, "shop::Pool::get", 0},
      {"src/main.cc", 4, "main", 1},
      {"src/f.c", 3, "f", 2}}},
    {"Ruby, old and new quotes",
     "app/cart.rb:12:in `total': undefined method (NoMethodError)\n"
     "\tfrom app/pay.rb:3:in 'block in Pay#charge'\n",
     {{"app/cart.rb", 12, "total", 0}, {"app/pay.rb", 3, "Pay#charge", 1}}},
    {"Rust",
     "thread 'main' panicked at src/pool.rs:12:5:\n"
     "   3: shop::pool::get\n"
     "             at ./src/pool.rs:12:5\n",
     {{"src/pool.rs", 12, "", 0}, {"src/pool.rs", 12, "shop::pool::get", 1}}},
    {".NET and PHP",
     "   at Shop.Pay.Charge(Order order) in C:\\shop\\Pay.cs:line 12\n"
     "#0 /var/www/src/Pay.php(31): Shop\\Pay->charge()\n",
     {{"/shop/Pay.cs", 12, "Shop.Pay.Charge", 0},
      {"/var/www/src/Pay.php", 31, "Shop\\Pay->charge", 1}}},
    {"a compiler, a logger, a person",
     "src/a.cpp:3:7: error: no\n"
     "see cart.py:40 please\n"
     "it broke at 12:30:00, host:8080, v1.2.py\n",
     {{"src/a.cpp", 3, "", 0}, {"cart.py", 40, "", 1}}},
};

}  // namespace

TEST_CASE("frames of each language are read") {
  for (const Row& row : rows) {
    CAPTURE(row.what);
    const std::vector<Frame> found = frames_of(row.text);
    REQUIRE(found.size() == row.frames.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      CHECK(found[i].path == row.frames[i].path);
      CHECK(found[i].line == row.frames[i].line);
      CHECK(found[i].function == row.frames[i].function);
      CHECK(found[i].depth == row.frames[i].depth);
    }
  }
}

TEST_CASE("text without frames has none, however odd") {
  for (const char* text : {"", "\n\n", "at", "at (", "#1", "File \"", ":12:in `", "a.py:", ".py:3",
                           "x@", "#0  at", "at ) in :line 3", "File \"\", line 3, in f"}) {
    CAPTURE(text);
    CHECK(frames_of(text).empty());
  }
}

TEST_CASE("a frame's path is found in the tree by its end") {
  const std::vector<std::string> tree = {"src/pay/pool.py", "src/cart/pool.py", "lib/pool.py",
                                         "src/main.py",     "a/util.py",        "b/util.py",
                                         "c/util.py",       "d/util.py",        "src/spool.py"};
  using Paths = std::vector<std::string>;
  CHECK(paths_meant("/srv/app/src/pay/pool.py", tree) == Paths{"src/pay/pool.py"});
  CHECK(paths_meant("pay/pool.py", tree) == Paths{"src/pay/pool.py"});
  CHECK(paths_meant("pool.py", tree) ==
        Paths{"src/pay/pool.py", "src/cart/pool.py", "lib/pool.py"});
  CHECK(paths_meant("util.py", tree).empty());  // too many to tell
  CHECK(paths_meant("/usr/lib/python3/main.py", tree).empty());
  CHECK(paths_meant("other.py", tree).empty());
  CHECK(paths_meant("", tree).empty());
}

TEST_CASE("prose is no frame line") {
  CHECK(is_frame_line("  File \"a.py\", line 3, in f"));
  CHECK(is_frame_line("\tat com.shop.A.b(A.java:3)"));
  CHECK(is_frame_line("\t/go/a.go:3 +0x1d"));
  CHECK(!is_frame_line("please look at the cart"));
  CHECK(!is_frame_line("ValueError: at least one order"));
}

}  // namespace culprit
