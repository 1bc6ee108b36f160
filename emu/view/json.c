/*
 * Numbers and printing for JSON. See json.h; called by the tables and reports.
 */
#include "emu/view/json.h"

#include <inttypes.h>
#include <stdlib.h>

void json_number(cJSON *object, const char *name, u64 number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	cJSON_AddRawToObject(object, name, digits);
}

void json_print(cJSON *json, FILE *to)
{
	char *text = cJSON_Print(json);

	cJSON_Delete(json);
	if (!text) /* no memory for a report: there is nothing left to do */
		abort();
	fprintf(to, "%s\n", text);
	free(text);
}
