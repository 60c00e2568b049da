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

libpusher: $(LIB)/libpusher.a $(LIB)/libpusher.so ## Build libpusher.a and libpusher.so

-include $(core_obj:%.o=%.d) $(small_obj:%.o=%.d)

# The scripted session of a device, with the build for small devices on this machine.
device_obj := $(patsubst %.c,$(LIB)/small/%.o,tests/device/main.c tests/device/run.c tests/device/peer.c tests/device/session.c)
$(device_obj): $(LIB)/small/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(if $(V),,@echo "cc $<";)$(CC) $(CPPFLAGS_ALL) -Iinclude -Itests -DPUSHER_SMALL $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(BUILD)/tests/device/test_session: $(device_obj) $(LIB)/libpusher-small.a $(BUILD)/libpure.a
	@mkdir -p $(@D)
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PURE_LIBS)
-include $(device_obj:%.o=%.d)

# The same for a RISC-V like that of an ESP32-C3, with picolibc, run by qemu (`make check`). Headers of this machine
# are no use there but for uthash.
RV := $(LIB)/rv32
RV_CC ?= riscv64-unknown-elf-gcc
RV_ARCH := -march=rv32imc -mabi=ilp32
RV_CFLAGS = --specs=picolibc.specs $(RV_ARCH) -std=c11 -g -Os -ffunction-sections -fdata-sections $(filter-out -Wconversion,$(WARNINGS)) \
	-DPUSHER_SMALL -DPUSHER_NO_ENCRYPTION -DNDEBUG -DPICOLIBC_INTEGER_PRINTF_SCANF -D_POSIX_C_SOURCE=200809L \
	-DCHARGETOP_VERSION='"$(VERSION)"' -Isrc -Iinclude -isystem $(RV)/include
rv_core_obj := $(core_src:%.c=$(RV)/%.o)
rv_test_obj := $(patsubst %.c,$(RV)/%.o,tests/device/rv32.c tests/device/run.c tests/device/peer.c tests/device/session.c)
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
$(RV)/session: $(rv_test_obj) $(RV)/libpusher.a
	@$(RV_LINK) -o $@ $^ $(RV_LIBS)

device: $(RV)/session $(BUILD)/tests/device/test_session ## The scripted session of a device, here and on a RISC-V under qemu, and what it takes
	@BUILD=$(BUILD) sh tests/device/figures.sh

-include $(rv_core_obj:%.o=%.d) $(rv_test_obj:%.o=%.d)
