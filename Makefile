# chargetop: build, test, install. `make help` lists the targets.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build
CC ?= cc
AR ?= ar
DEPS ?= yes
SAN ?=

# Folders below src; the pure half is one library that unit tests link alone.
PURE_ROOMS ?= base pusher fleet decode sim ui
IMPURE_ROOMS ?= net store client api server feed term cmd

PURE_PKGS := libcjson libcrypto libutf8proc INIReader
PKGS := libwebsockets libuv libcurl libcjson libcrypto libssl libutf8proc ncursesw
TEST_PKGS := cmocka vterm

WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wmissing-prototypes \
	-Wstrict-prototypes -Wvla -Wformat=2 -Wcast-qual -Werror
CPPFLAGS_ALL = -Isrc -D_POSIX_C_SOURCE=200809L -DCHARGETOP_VERSION='"$(VERSION)"' \
	-DCHARGETOP_DATADIR='"$(PREFIX)/share/chargetop"' $(CPPFLAGS)
CFLAGS_ALL = -std=c11 -g -O2 -fno-omit-frame-pointer -fstack-protector-strong $(WARNINGS) $(SAN) $(CFLAGS)
LDFLAGS_ALL = $(SAN) $(LDFLAGS)

pkg = $(shell pkg-config $(1) $(2) 2>/dev/null)
PURE_LIBS = $(call pkg,--libs,libcjson libcrypto libutf8proc) -linih -lm
LIBS = $(call pkg,--libs,$(PKGS)) -linih -lm
PKG_CFLAGS = $(subst -I,-isystem ,$(filter-out -D_%,$(call pkg,--cflags,$(PKGS))))

pure_src := $(foreach r,$(PURE_ROOMS),$(sort $(wildcard src/$(r)/*.c) $(wildcard src/$(r)/*/*.c)))
impure_src := $(foreach r,$(IMPURE_ROOMS),$(sort $(wildcard src/$(r)/*.c) $(wildcard src/$(r)/*/*.c)))
pure_obj := $(pure_src:%.c=$(BUILD)/%.o)
impure_obj := $(impure_src:%.c=$(BUILD)/%.o)
main_obj := $(BUILD)/src/main.o

# tests/unit: the pure library alone. tests/io: both halves, real sockets. tests/pty: the program.
unit_src := $(sort $(wildcard tests/unit/test_*.c))
io_src := $(sort $(wildcard tests/io/test_*.c))
pty_src := $(sort $(wildcard tests/pty/test_*.c))
unit_bin := $(unit_src:%.c=$(BUILD)/%)
io_bin := $(io_src:%.c=$(BUILD)/%)
pty_bin := $(pty_src:%.c=$(BUILD)/%)
support_src := $(sort $(wildcard tests/support/*.c))
support_obj := $(support_src:%.c=$(BUILD)/%.o)

all: $(BUILD)/chargetop ## Build build/chargetop

$(BUILD)/chargetop: $(main_obj) $(BUILD)/libimpure.a $(BUILD)/libpure.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(BUILD)/libpure.a: $(pure_obj)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libimpure.a: $(impure_obj)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libsupport.a: $(support_obj)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS_ALL) -Itests $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(unit_bin): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libsupport.a $(BUILD)/libpure.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PURE_LIBS) -lcmocka

$(io_bin) $(pty_bin): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libsupport.a $(BUILD)/libimpure.a $(BUILD)/libpure.a
	$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS) -lcmocka -lvterm -lutil

unit: $(unit_bin) ## Build and run the unit tests; T=NAME runs one
	@for t in $(if $(T),$(BUILD)/tests/unit/$(T),$(unit_bin)); do $$t || exit 1; done

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all unit
.SECONDARY:
