# Shortcuts over the CMake presets in CMakePresets.json.
#   make            build               make demo     build and show it at work
#   make test       all tests           make bench    build and run the benchmarks
#   make test-asan  all tests under the address and undefined behaviour sanitizers
#   make test-tsan  the runtime's tests under the thread sanitizer
#   make fuzz       libFuzzer's targets, FUZZ_SECONDS (30) each
#   make format     lay out the sources make clean    remove everything that was built
#   make guide      write the tables and the printed output of docs/guide anew

MAKEFLAGS += --no-print-directory
# Outside a terminal, ninja would print a line per compiled file.
quiet := $(if $(MAKE_TERMOUT),,-- --quiet)

.PHONY: build demo test test-asan test-tsan fuzz bench format guide clean deps

build: build-release

demo: build-release
	@scripts/demo.sh build/release

test: build-release
	@ctest --preset release

test-asan: build-asan
	@ctest --preset asan

test-tsan: build-tsan
	@ctest --preset tsan

fuzz: build-fuzz
	@scripts/fuzz.sh build/asan

bench: build/release/build.ninja
	@cmake --build --preset release --target duban duban_bench duban_bench_idle duban_bench_live duban_bench_broadcast duban_bench_policies duban_bench_aggregates duban_bench_compile $(quiet)
	@bench/run.sh build/release
	@build/release/duban_bench_aggregates
	@build/release/duban_bench_compile

format:
	@find engine runtime cli tests bench -name '*.cc' -o -name '*.h' | xargs clang-format -i

# Its tables of keywords and diagnostics, then what its commands print.
guide: build-release
	@DUBAN_WRITE_GUIDE=1 ctest --preset release -R "GuideWords.*TheTables|GuideCommands"

clean:
	@rm -rf build

deps:
	@scripts/install-deps.sh

.PHONY: build-release build-asan build-tsan build-fuzz
build-release build-asan build-tsan: build-%: build/%/build.ninja
	@cmake --build --preset $* $(quiet)

build-fuzz: build/asan/build.ninja
	@cmake --build --preset fuzz $(quiet)

# Ninja itself configures again when a CMake file changes or a source file is added.
build/%/build.ninja: | deps
	@echo "Configuring build/$*; its first build takes a few minutes"
	@cmake --preset $* >/dev/null
