# libpusher: the protocol for other programs. The core is compiled apart from the program, as position-independent
# code whose memory comes from src/device/mem.h; only what <pusher/*.h> declares is visible.

LIB := $(BUILD)/lib
LIB_MAJOR := 0
CORE_BASE := buf clip err http_head json json_scan json_value json_write num rng str text wire_event ws_frame ws_key
CORE_PUSHER := channel code err frame path policy presence secret
core_src := $(CORE_BASE:%=src/base/%.c) $(CORE_PUSHER:%=src/pusher/%.c) $(sort $(wildcard src/pusher/session*.c)) \
	$(sort $(wildcard src/device/*.c))

# NO_ENCRYPTION=1: without libsodium and encrypted channels.
CORE_LIBS := $(if $(NO_ENCRYPTION),,-lsodium)
CORE_CPPFLAGS := $(if $(NO_ENCRYPTION),-DPUSHER_NO_ENCRYPTION) -include device/mem.h -Iinclude -DNDEBUG
core_obj := $(core_src:%.c=$(LIB)/%.o)
# The build for small devices, for this machine: tests run it, sanitizers included.
small_obj := $(core_src:%.c=$(LIB)/small/%.o)

$(LIB)/src/device/mem.o $(LIB)/small/src/device/mem.o: CORE_CPPFLAGS += -DMEM_IMPLEMENTATION

$(core_obj): $(LIB)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "cc $< (library)";)$(CC) $(CPPFLAGS_ALL) $(CORE_CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS_ALL) -fPIC \
		-fvisibility=hidden -MMD -MP -c -o $@ $<

$(small_obj): $(LIB)/small/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "cc $< (small)";)$(CC) $(CPPFLAGS_ALL) -DPUSHER_SMALL -DPUSHER_NO_ENCRYPTION $(CORE_CPPFLAGS) $(PKG_CFLAGS) \
		$(CFLAGS_ALL) -fvisibility=hidden -MMD -MP -c -o $@ $<

# One object whose inner names are local, so that a program may have a buf_init() of its own.
$(LIB)/libpusher.a: $(core_obj)
$(LIB)/libpusher-small.a: $(small_obj)
$(LIB)/%.a:
	@$(CC) $(SAN) -nostdlib -r -o $(LIB)/$*.o $^
	@objcopy --localize-hidden $(LIB)/$*.o
	@rm -f $@
	@$(AR) qcs $@ $(LIB)/$*.o

$(LIB)/libpusher.so: $(core_obj)
	@$(CC) $(LDFLAGS_ALL) -shared -Wl,-soname,libpusher.so.$(LIB_MAJOR) -Wl,-z,defs -o $@ $^ $(CORE_LIBS)

# The driver for hosts: what it needs of net and base is taken from an archive, and is its own.
net_src := $(sort $(wildcard src/driver/*.c))
NET_PARTS := $(filter-out src/net/server%,$(sort $(wildcard src/net/*.c))) $(sort $(wildcard src/base/*.c))
net_obj := $(net_src:%.c=$(LIB)/net/%.o)
net_part_obj := $(NET_PARTS:%.c=$(LIB)/net/%.o)
NET_PKGS := libwebsockets libuv libcurl libssl libcrypto
$(net_obj) $(net_part_obj): $(LIB)/net/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "cc $< (library)";)$(CC) $(CPPFLAGS_ALL) -Iinclude $(PKG_CFLAGS) $(CFLAGS_ALL) -fPIC -fvisibility=hidden -MMD -MP -c -o $@ $<
$(LIB)/net/parts.a: $(net_part_obj)
	@rm -f $@
	@$(AR) qcs $@ $^
$(LIB)/libpusher-net.a: $(net_obj) $(LIB)/net/parts.a
$(LIB)/libpusher-net.so: $(net_obj) $(LIB)/net/parts.a $(LIB)/libpusher.so
	@$(CC) $(LDFLAGS_ALL) -shared -Wl,-soname,libpusher-net.so.$(LIB_MAJOR) -Wl,-z,defs -Wl,--as-needed -o $@ $^ \
		$$(pkg-config --libs $(NET_PKGS)) $$(pkg-config --libs libutf8proc libcjson)
-include $(net_obj:%.o=%.d) $(net_part_obj:%.o=%.d)

libpusher: $(LIB)/libpusher.a $(LIB)/libpusher.so $(LIB)/libpusher-net.a $(LIB)/libpusher-net.so ## Build libpusher.a and libpusher.so

-include $(core_obj:%.o=%.d) $(small_obj:%.o=%.d)

LIB_TO = $(DESTDIR)$(PREFIX)/lib
LIB_FILL = sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|; s|@CORE_LIBS@|$(CORE_LIBS)|'

install-libpusher: libpusher
	install -d $(LIB_TO)/pkgconfig $(DESTDIR)$(PREFIX)/include/pusher $(DESTDIR)$(PREFIX)/share/man/man3
	install -m 644 include/pusher/*.h $(DESTDIR)$(PREFIX)/include/pusher/
	install -m 644 $(LIB)/libpusher.a $(LIB)/libpusher-net.a $(LIB_TO)/
	for l in pusher pusher-net; do \
		install -m 755 $(LIB)/lib$$l.so $(LIB_TO)/lib$$l.so.$(VERSION) && \
		ln -sf lib$$l.so.$(VERSION) $(LIB_TO)/lib$$l.so.$(LIB_MAJOR) && ln -sf lib$$l.so.$(LIB_MAJOR) $(LIB_TO)/lib$$l.so && \
		$(LIB_FILL) src/device/$$l.pc.in >$(LIB_TO)/pkgconfig/$$l.pc || exit 1; \
	done
	install -m 644 docs/libpusher.3 $(DESTDIR)$(PREFIX)/share/man/man3/libpusher.3

uninstall-libpusher:
	rm -rf $(DESTDIR)$(PREFIX)/include/pusher
	rm -f $(LIB_TO)/libpusher.* $(LIB_TO)/libpusher-net.* $(LIB_TO)/pkgconfig/pusher.pc $(LIB_TO)/pkgconfig/pusher-net.pc \
		$(DESTDIR)$(PREFIX)/share/man/man3/libpusher.3

# The scripted session of a device, with the build for small devices on this machine.
device_obj := $(patsubst %.c,$(LIB)/small/%.o,tests/device/main.c tests/device/run.c tests/device/peer.c tests/device/session.c)
$(device_obj): $(LIB)/small/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "cc $<";)$(CC) $(CPPFLAGS_ALL) -Iinclude -Itests -DPUSHER_SMALL $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(BUILD)/tests/device/test_session: $(device_obj) $(LIB)/libpusher-small.a $(BUILD)/libpure.a
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PURE_LIBS)
-include $(device_obj:%.o=%.d)

# Calls of the library as programs of a host see it.
$(BUILD)/tests/device/test_pc: $(BUILD)/tests/device/test_pc.o $(BUILD)/tests/device/peer.o $(LIB)/libpusher.a $(LIB)/libpusher-net.a $(BUILD)/libpure.a
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(LIB)/libpusher-net.a $(LIB)/libpusher.a $(BUILD)/libpure.a $(CORE_LIBS) \
		$$(pkg-config --libs $(NET_PKGS)) $(PURE_LIBS) -lcmocka
$(BUILD)/tests/device/test_pc.o $(BUILD)/tests/device/peer.o: CPPFLAGS += -Iinclude

# The same for a RISC-V like that of an ESP32-C3, with picolibc, run by qemu (`make check`). Headers of this machine
# are no use there but for uthash.
RV := $(LIB)/rv32
RV_CC ?= riscv64-unknown-elf-gcc
RV_ARCH := -march=rv32imc -mabi=ilp32
RV_CFLAGS = --specs=picolibc.specs $(RV_ARCH) -std=c11 -g -Os -ffunction-sections -fdata-sections $(filter-out -Wconversion,$(WARNINGS)) \
	-DPUSHER_SMALL -DPUSHER_NO_ENCRYPTION -DNDEBUG -DPICOLIBC_INTEGER_PRINTF_SCANF -D_POSIX_C_SOURCE=200809L \
	-DCHARGETOP_VERSION='"$(VERSION)"' -Isrc -Iinclude -isystem $(RV)/include
rv_core_obj := $(core_src:%.c=$(RV)/%.o)
rv_test_obj := $(patsubst %.c,$(RV)/%.o,tests/device/rv32.c tests/device/run.c tests/device/peer.c tests/device/session.c \
	tests/device/live.c)
RV_LINK = $(RV_CC) $(RV_ARCH) -nostartfiles -nostdlib -Wl,--gc-sections -Wl,--defsym=vfprintf=__i_vfprintf
RV_LIBS = -L/usr/lib/picolibc/riscv64-unknown-elf/lib/$$($(RV_CC) $(RV_ARCH) -print-multi-directory) -lc -lgcc

$(RV)/src/device/mem.o: RV_EXTRA := -DMEM_IMPLEMENTATION
$(rv_core_obj): RV_EXTRA += -include device/mem.h
$(rv_test_obj): RV_EXTRA += -Itests -DMEASURE_STACK -Wno-dangling-pointer
$(RV)/%.o: %.c $(RV)/include/uthash.h
	@mkdir -p $(@D)
	$(if $(V),,@echo "cc $< (rv32imc)";)$(RV_CC) $(RV_CFLAGS) $(RV_EXTRA) -MMD -MP -c -o $@ $<
$(RV)/include/uthash.h:
	@mkdir -p $(@D)
	@cp /usr/include/uthash.h /usr/include/utlist.h $(@D)/
$(RV)/libpusher.a: $(rv_core_obj)
	@rm -f $@
	@riscv64-unknown-elf-ar qcs $@ $^
$(RV)/session: $(filter-out %/live.o,$(rv_test_obj)) $(RV)/libpusher.a
$(RV)/live: $(filter-out %/session.o %/peer.o,$(rv_test_obj)) $(RV)/libpusher.a
$(RV)/session $(RV)/live:
	@$(RV_LINK) -o $@ $^ $(RV_LIBS)

$(LIB)/libpusher.so.$(LIB_MAJOR) $(LIB)/libpusher-net.so.$(LIB_MAJOR): $(LIB)/%.so.$(LIB_MAJOR): $(LIB)/%.so
	@ln -sf $*.so $@

device: $(RV)/session $(RV)/live $(BUILD)/chargetop $(BUILD)/tests/device/test_session ## The scripted session of a device, here and on a RISC-V under qemu, and what it takes
	@BUILD=$(BUILD) sh tests/device/figures.sh

-include $(rv_core_obj:%.o=%.d) $(rv_test_obj:%.o=%.d)
