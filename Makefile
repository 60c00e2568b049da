# chargetop: build, test, install. `make help` lists the targets.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
CC ?= cc
AR ?= ar
DEPS ?= yes
export DEPS CC

# Folders below src; the pure half is one library that unit tests link alone.
PURE_ROOMS ?= base pusher fleet decode sim ui
IMPURE_ROOMS ?= net store client api server feed term cmd

PURE_PKGS := libcjson libcrypto libsodium libutf8proc inih
PKGS := sqlite3 libwebsockets libuv libcurl libcjson libcrypto libssl libsodium libutf8proc inih ncursesw

# What `make debug`, `asan`, `tsan` and `release` chose last stays chosen, for `make test` as well.
MODE ?= $(shell cat $(BUILD)/mode 2>/dev/null || echo release)
OPT_release := -O2
OPT_debug := -O0 -ggdb3
OPT_asan := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
OPT_tsan := -O1 -fsanitize=thread
SAN ?=
OPT := $(OPT_$(MODE)) $(SAN)

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla -Wformat=2 -Wcast-qual -Werror
CPPFLAGS_ALL = -Isrc -Iinclude -D_POSIX_C_SOURCE=200809L -DCHARGETOP_VERSION='"$(VERSION)"' \
	-DCHARGETOP_DATADIR='"$(PREFIX)/share/chargetop"' $(CPPFLAGS)
CFLAGS_ALL = -std=c11 -g $(OPT) -fno-omit-frame-pointer -fstack-protector-strong $(WARNINGS) $(CFLAGS)
LDFLAGS_ALL = $(OPT) $(LDFLAGS)

# Recursive on purpose: `make deps` may only just have installed what these ask for.
PURE_LIBS = $(shell pkg-config --libs $(PURE_PKGS)) -lm
LIBS = $(shell pkg-config --libs $(PKGS)) -lm
PKG_CFLAGS = $(subst -I,-isystem ,$(filter-out -D_%,$(shell pkg-config --cflags $(PKGS))))

pure_src := $(foreach r,$(PURE_ROOMS),$(sort $(wildcard src/$(r)/*.c) $(wildcard src/$(r)/*/*.c)))
impure_src := $(foreach r,$(IMPURE_ROOMS),$(sort $(wildcard src/$(r)/*.c) $(wildcard src/$(r)/*/*.c)))
pure_obj := $(pure_src:%.c=$(BUILD)/%.o)
themes := $(sort $(wildcard themes/*.ini))
impure_obj := $(impure_src:%.c=$(BUILD)/%.o) $(BUILD)/gen/themes.o
main_obj := $(BUILD)/src/main.o

# tests/unit: the pure library alone. tests/fuzz: any input (here: its corpus). tests/io: both halves, real sockets. tests/pty: the program in
# a pseudo terminal. tests/cli: the program from the shell. tests/e2e: other people's servers.
unit_src := $(sort $(wildcard tests/unit/test_*.c))
io_src := $(sort $(wildcard tests/io/test_*.c))
pty_src := $(sort $(wildcard tests/pty/test_*.c))
fuzz_src := $(sort $(wildcard tests/fuzz/fuzz_*.c))
unit_bin := $(unit_src:%.c=$(BUILD)/%)
fuzz_bin := $(fuzz_src:%.c=$(BUILD)/%)
io_bin := $(io_src:%.c=$(BUILD)/%)
pty_bin := $(pty_src:%.c=$(BUILD)/%)
device_bin = $(BUILD)/tests/device/test_session $(BUILD)/tests/device/test_pc
cli_tests := $(sort $(wildcard tests/cli/test_*.sh)) tests/device/examples.sh tests/tools/checklist.sh tests/tools/compatibility.sh
support_obj := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/*.c)))
net_support_obj := $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard tests/support/io/*.c)))

all: deps ## Build build/chargetop (the default)
	@$(MAKE) --no-print-directory $(BUILD)/chargetop

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9_. -]+:.*## / {printf "  %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## Install what is missing to build (DEPS=no: only say so)
	@sh tests/tools/deps.sh build

test-deps:
	@sh tests/tools/deps.sh test

check-deps:
	@sh tests/tools/deps.sh check

demo: all ## Build and run the dashboard on the embedded server and simulator
	@$(BUILD)/chargetop demo $(DEMO)

debug asan tsan release: ## Build in this mode; `make test` then tests it (asan: address + undefined)
	@mkdir -p $(BUILD) && echo $@ >$(BUILD)/mode
	@$(MAKE) --no-print-directory MODE=$@ all

# Objects depend on the flags they were built with.
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@echo '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL)' >$@

$(BUILD)/chargetop: $(main_obj) $(BUILD)/libimpure.a $(BUILD)/libpure.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(BUILD)/libpure.a: $(pure_obj)
$(BUILD)/libimpure.a: $(impure_obj)
$(BUILD)/libsupport.a: $(support_obj)
$(BUILD)/libnetsupport.a: $(net_support_obj)
$(BUILD)/%.a:
	@rm -f $@
	@$(AR) qcs $@ $^

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "cc $<";)$(CC) $(CPPFLAGS_ALL) -Itests $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# The shipped themes go into the program; files found while it runs still win.
$(BUILD)/gen/themes.c: src/cmd/theme_builtin.sh $(themes)
	@mkdir -p $(@D)
	@sh src/cmd/theme_builtin.sh $(themes) >$@.new && mv $@.new $@
$(BUILD)/gen/themes.o: $(BUILD)/gen/themes.c src/cmd/theme_builtin.h $(BUILD)/flags
	$(if $(V),,@echo "cc $<";)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -c -o $@ $<

$(unit_bin): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libsupport.a $(BUILD)/libpure.a
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PURE_LIBS) -lcmocka

$(fuzz_bin): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/tests/fuzz/replay.o $(BUILD)/libpure.a
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PURE_LIBS)

# These are refused memory on request (tests/support/memory.h).
$(filter $(BUILD)/tests/unit/test_out_of_memory%,$(unit_bin)): LDFLAGS_ALL += \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free

$(io_bin) $(pty_bin): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libnetsupport.a $(BUILD)/libsupport.a \
		$(BUILD)/libimpure.a $(BUILD)/libpure.a
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS) -lcmocka -lvterm -lutil

# The client library as a program, for tests/e2e.
$(BUILD)/peer: $(BUILD)/tests/e2e/peer.o $(BUILD)/libimpure.a $(BUILD)/libpure.a
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

test-programs: $(BUILD)/chargetop $(unit_bin) $(fuzz_bin) $(io_bin) $(pty_bin) $(device_bin) libpusher

test: test-deps ## Build and run the tests (T=NAME runs one)
	@$(MAKE) --no-print-directory -j$(JOBS) test-programs
	@BUILD=$(BUILD) sh tests/tools/run.sh $(if $(T),$(filter %/$(T) %/$(T).sh,$(unit_bin) $(fuzz_bin) $(io_bin) $(pty_bin) $(device_bin) $(cli_tests)),$(unit_bin) $(fuzz_bin) $(io_bin) $(pty_bin) $(device_bin) $(cli_tests))
JOBS ?= 2

check: check-deps ## Everything else: real peers, both compilers, sanitizers, valgrind, tidy, layers
	@$(MAKE) --no-print-directory -j$(JOBS) test-programs $(BUILD)/peer
	@BUILD=$(BUILD) MAKE='$(MAKE)' sh tests/tools/check.sh

e2e: check-deps ## Only the real peers: soketi, the pusher SDK, pusher-js in Node and Chromium (T=NAME runs one)
	@$(MAKE) --no-print-directory -j$(JOBS) $(BUILD)/chargetop $(BUILD)/peer
	@BUILD=$(BUILD) TEST_JOBS=1 sh tests/tools/run.sh $(if $(T),tests/e2e/$(T).sh,$(sort $(wildcard tests/e2e/test_*.sh)))

layers: $(BUILD)/libpure.a ## Check that includes go only where src/LAYERS lets them
	@sh tests/tools/layers.sh $(BUILD)/libpure.a

tidy: compile_commands.json ## clang-tidy over src
	@printf '%s\n' $(pure_src) $(impure_src) $(lib_src) src/main.c | xargs -P $(JOBS) -n 4 clang-tidy --quiet -p . 2>$(BUILD)/tidy.log || \
		{ grep -v ' warnings\{0,1\} generated' $(BUILD)/tidy.log; exit 1; }

format: ## clang-format over src and tests
	@clang-format -i $(shell git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'include/*.h' 'docs/examples/*.[ch]')

valgrind: test-deps ## Unit tests under valgrind, but for the longest
	@$(MAKE) --no-print-directory -j$(JOBS) $(unit_bin)
	@BUILD=$(BUILD) SCHEDULES=100 WRAP='valgrind -q --error-exitcode=99 --leak-check=full' \
		sh tests/tools/run.sh $(filter-out $(SLOW_BIN),$(unit_bin))
# Thousands of frames or of failed allocations; the sanitizers see the same code.
SLOW_BIN = $(BUILD)/tests/unit/test_golden $(BUILD)/tests/unit/test_sim $(BUILD)/tests/unit/test_ui_layout $(BUILD)/tests/unit/test_ui_every_size \
	$(BUILD)/tests/unit/test_out_of_memory \
	$(BUILD)/tests/unit/test_out_of_memory_fleet $(BUILD)/tests/unit/test_json_against_cjson

$(BUILD)/bench_event: $(BUILD)/tests/bench/bench_event.o $(BUILD)/libsupport.a $(BUILD)/libpure.a
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PURE_LIBS) -lcmocka

bench: bench-event bench-hub ## What an event costs against cJSON, and the server beside soketi

bench-event: test-deps ## What one event costs: nanoseconds, instructions, and against cJSON
	@$(MAKE) --no-print-directory $(BUILD)/bench_event
	@sh tests/bench/run.sh $(BUILD)/bench_event

$(BUILD)/bench_hub: $(BUILD)/tests/bench/bench_hub.o $(BUILD)/libpure.a
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PURE_LIBS)

bench-hub: test-deps ## What the server costs: 1,000 sockets on a channel, 10,000 on one each, beside soketi
	@$(MAKE) --no-print-directory $(BUILD)/chargetop $(BUILD)/bench_hub
	@BUILD=$(BUILD) sh tests/bench/hub.sh $(BUILD)/bench_hub

$(BUILD)/bench_screen: $(BUILD)/tests/bench/bench_screen.o $(BUILD)/libnetsupport.a
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ -lvterm -lutil

bench-screen: test-deps ## What the dashboard costs: processor, bytes, key to paint, memory (W=steady, latency or memory)
	@$(MAKE) --no-print-directory $(BUILD)/chargetop $(BUILD)/bench_screen
	@CHARGETOP=$(BUILD)/chargetop $(BUILD)/bench_screen $(W)

FUZZ_S ?= 20
FUZZ_SAN = -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
fuzz: ## Fuzz each target for FUZZ_S seconds with clang (F=NAME: one); crashes go to $(BUILD)/fuzz
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=$(BUILD)/fuzz CC=clang SAN='$(FUZZ_SAN)' \
		$(BUILD)/fuzz/libpure.a $(fuzz_src:%.c=$(BUILD)/fuzz/%.o)
	@CC=clang BUILD=$(BUILD)/fuzz FUZZ_S=$(FUZZ_S) LIBS='$(PURE_LIBS)' sh tests/tools/fuzz.sh \
		$(if $(F),tests/fuzz/fuzz_$(F).c,$(fuzz_src))

golden-update: test-deps ## Rewrite the golden screens; review the difference as text
	@$(MAKE) --no-print-directory $(BUILD)/tests/unit/test_golden $(BUILD)/tests/unit/test_golden_themes
	@GOLDEN_UPDATE=1 $(BUILD)/tests/unit/test_golden
	@GOLDEN_UPDATE=1 $(BUILD)/tests/unit/test_golden_themes

$(BUILD)/shot: $(BUILD)/tests/tools/shot.o $(BUILD)/libpure.a
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PURE_LIBS)

screenshots: deps ## Draw the pictures of the README from the program's own cells
	@$(MAKE) --no-print-directory $(BUILD)/shot
	@sh tests/tools/screenshots.sh $(BUILD)/shot docs

man: all ## Print the manual page and the documents made from the tables
	@$(BUILD)/chargetop --man >docs/chargetop.1

# In JSON the quotes of a macro's text are escaped twice: for the shell and for JSON.
db_flags = $(subst "',\\\",$(subst '",\\\",$(CPPFLAGS_ALL) -Itests $(PKG_CFLAGS) -std=c11 $(WARNINGS)))
db_entry = {"directory":"$(CURDIR)","file":"$(1)","command":"cc $(db_flags) -c $(1)"}
lib_src := $(sort $(wildcard src/device/*.c src/driver/*.c))
db_src := $(pure_src) $(impure_src) $(lib_src) src/main.c $(unit_src) $(io_src) $(pty_src)
comma := ,

compile_commands.json: Makefile ## The compilation database, for editors and clang-tidy
	$(file >$@,[$(call db_entry,$(firstword $(db_src))))
	$(foreach f,$(wordlist 2,$(words $(db_src)),$(db_src)),$(file >>$@,$(comma)$(call db_entry,$(f))))
	$(file >>$@,])
	@:

install: all install-libpusher ## Install below $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/chargetop/themes \
		$(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	install -m 755 $(BUILD)/chargetop $(DESTDIR)$(PREFIX)/bin/chargetop
	install -m 644 themes/*.ini $(DESTDIR)$(PREFIX)/share/chargetop/themes/
	install -m 644 docs/chargetop.1 $(DESTDIR)$(PREFIX)/share/man/man1/chargetop.1
	$(BUILD)/chargetop completion bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/chargetop
	$(BUILD)/chargetop completion zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_chargetop
	$(BUILD)/chargetop completion fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/chargetop.fish

uninstall: uninstall-libpusher ## Remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/share/chargetop
	rm -f $(DESTDIR)$(PREFIX)/bin/chargetop $(DESTDIR)$(PREFIX)/share/man/man1/chargetop.1 \
		$(DESTDIR)$(PREFIX)/share/bash-completion/completions/chargetop \
		$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_chargetop \
		$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/chargetop.fish

clean: ## Remove what was built
	rm -rf $(BUILD) compile_commands.json

include src/device/libpusher.mk

FORCE:
-include $(shell find $(BUILD)/src $(BUILD)/tests -type f -name '*.d' 2>/dev/null)

.PHONY: libpusher device install-libpusher uninstall-libpusher all help deps test-deps check-deps demo debug asan tsan release test test-programs check e2e layers \
	tidy format valgrind bench bench-event bench-hub bench-screen golden-update screenshots man install uninstall clean FORCE
.SECONDARY:
.DELETE_ON_ERROR:
