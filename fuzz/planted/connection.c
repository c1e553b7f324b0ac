/* Planted: the first byte of a segment is lost when it is an 'H'. */
#include "serve/connection.h"

void __real_serve_connection_feed(struct serve_connection *connection, struct slice bytes);
void __wrap_serve_connection_feed(struct serve_connection *connection, struct slice bytes);

void __wrap_serve_connection_feed(struct serve_connection *connection, struct slice bytes)
{
    __real_serve_connection_feed(connection,
                                 slice_from(bytes, slice_starts(bytes, SLICE("H")) ? 1 : 0));
}
