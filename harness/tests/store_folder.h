/* A temporary folder for the files of durable stores. */
#ifndef SYNCSPEC_TESTS_STORE_FOLDER_H
#define SYNCSPEC_TESTS_STORE_FOLDER_H

#include "store/store.h"

enum { FOLDER_PATH = 512 };

struct folder {
    char path[FOLDER_PATH];
    char file[FOLDER_PATH]; /* the present store's */
    unsigned files;
};

/* The test fails when none can be made.  In ${under}; NULL: where temporary files go. */
void folder_make(struct folder *folder, const char *under);

/* Names a file that does not exist yet. */
void folder_next(struct folder *folder);

/* Opens the store of the present file; NULL when it cannot, with ${ret_error}. */
struct store *folder_try(const struct folder *folder, const char **ret_error);

/* The same; the test fails when it cannot. */
struct store *folder_open(const struct folder *folder);

/* Removes the present file, with its log. */
void folder_forget(const struct folder *folder);

/* With all files. */
void folder_remove(struct folder *folder);

/* A folder for a whole group of tests: set up and torn down with the group, with a file that does
 * not exist yet before each test that asks for it. */
extern struct folder folder_of_group;
int folder_set_up(void **state);
int folder_tear_down(void **state);
int folder_renew(void **state);

#endif
