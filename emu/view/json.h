/*
 * What cJSON does not do by itself: whole 64-bit numbers, and printing to a file.
 */
#ifndef EMU_VIEW_JSON_H
#define EMU_VIEW_JSON_H

#include "core/types.h"

#include <cjson/cJSON.h>
#include <stdio.h>

/* A member of an object; its digits are written out, where a double would round them. */
void json_number(cJSON *object, const char *name, u64 number);

/* Prints it with a newline and frees it. */
void json_print(cJSON *json, FILE *to);

#endif
