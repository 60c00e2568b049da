/* The four functions of cJSON that the example uses; ESP-IDF brings the real one. */
#include <stddef.h>
typedef struct cJSON {
    int valueint;
} cJSON;
cJSON *cJSON_ParseWithLength(const char *value, size_t length);
cJSON *cJSON_GetObjectItemCaseSensitive(const cJSON *object, const char *string);
int cJSON_IsNumber(const cJSON *item);
void cJSON_Delete(cJSON *item);
