/* A target for libFuzzer and AFL++: counts the lines and words of its input. */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    volatile size_t lines = 0, words = 0;
    for (size_t i = 0; i < size; i++) {
        if (data[i] == '\n')
            lines++;
        else if (data[i] == ' ')
            words++;
    }
    return 0;
}
