/* tests/support/vms_frames.h - the frames of the video back end among the fixtures: read, decoded, and what each is. */
#ifndef CHARGETOP_TESTS_VMS_FRAMES_H
#define CHARGETOP_TESTS_VMS_FRAMES_H

#include "decode/vms.h"

enum { VMS_FRAMES = 44 };

#define USER_PUSH "App\\Events\\UserPush"
#define TOKEN_PUSH "App\\Events\\TokenPush"
#define NOTE "Illuminate\\Notifications\\Events\\BroadcastNotificationCreated"

/* One row a fixture: vms/frame_NAME.json. */
struct vms_row_wanted {
    const char *fixture, *wire, *holder, *text;
    enum vms_type type;
};
extern const struct vms_row_wanted vms_rows_wanted[VMS_FRAMES];

/* What was decoded last. */
extern struct vms_record record;

/* Setup and teardown of a group of tests. */
int vms_frames_open(void **state);
int vms_frames_close(void **state);
/* A frame as it came in the fixture; its texts are kept until the next. */
struct wire_event frame_of(struct str text);
/* Fails the test when it cannot be decoded. */
const struct vms_record *decode(const char *path);
const struct vms_record *fixture(const char *shortened);
/* Data of an event of that name, decoded. */
enum vms_result read_as(const char *event, const char *json);
/* The record is told in these words. */
void line_is(const char *expected);

#endif
