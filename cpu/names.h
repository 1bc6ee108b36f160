/*
 * From the identifier in a table's row to the name that is printed: lr_w is lr.w. The compiler does
 * it, so that the rows stay constant data. Included by isa.c and rvc.c only.
 */
#ifndef CPU_NAMES_H
#define CPU_NAMES_H

enum { NAME_SIZE = 16 }; /* the longest name and its terminating zero */

#define NAME_LETTER(text, i) ((text)[i] == '_' ? '.' : (text)[i])
#define NAME_LETTERS(text) { \
	NAME_LETTER(text, 0), NAME_LETTER(text, 1), NAME_LETTER(text, 2), NAME_LETTER(text, 3), \
	NAME_LETTER(text, 4), NAME_LETTER(text, 5), NAME_LETTER(text, 6), NAME_LETTER(text, 7), \
	NAME_LETTER(text, 8), NAME_LETTER(text, 9), NAME_LETTER(text, 10), NAME_LETTER(text, 11), \
	NAME_LETTER(text, 12), NAME_LETTER(text, 13), NAME_LETTER(text, 14), '\0' }

/* The initializer of a char[NAME_SIZE]; the zeros keep every index inside the literal. */
#define NAME_DOTTED(name) NAME_LETTERS(#name "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")

#endif
