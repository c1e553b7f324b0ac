/* libcrypto is not instrumented: MemorySanitizer takes what it writes for unwritten and does not
 * see what it reads.  The linker puts these between: what it is given has to be written, and what
 * it gives is. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sanitizer/msan_interface.h>

unsigned char *__real_HMAC(const EVP_MD *kind, const void *key, int key_len,
                           const unsigned char *message, size_t len, unsigned char *ret,
                           unsigned *ret_len);
unsigned char *__wrap_HMAC(const EVP_MD *kind, const void *key, int key_len,
                           const unsigned char *message, size_t len, unsigned char *ret,
                           unsigned *ret_len);
int __real_EVP_Digest(const void *bytes, size_t len, unsigned char *ret, unsigned *ret_len,
                      const EVP_MD *kind, ENGINE *engine);
int __wrap_EVP_Digest(const void *bytes, size_t len, unsigned char *ret, unsigned *ret_len,
                      const EVP_MD *kind, ENGINE *engine);
int __real_EVP_DigestUpdate(EVP_MD_CTX *context, const void *bytes, size_t len);
int __wrap_EVP_DigestUpdate(EVP_MD_CTX *context, const void *bytes, size_t len);
int __real_EVP_DigestFinal_ex(EVP_MD_CTX *context, unsigned char *ret, unsigned *ret_len);
int __wrap_EVP_DigestFinal_ex(EVP_MD_CTX *context, unsigned char *ret, unsigned *ret_len);
int __real_EVP_EncryptUpdate(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len,
                             const unsigned char *bytes, int len);
int __wrap_EVP_EncryptUpdate(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len,
                             const unsigned char *bytes, int len);
int __real_EVP_EncryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len);
int __wrap_EVP_EncryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len);
int __real_EVP_DecryptUpdate(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len,
                             const unsigned char *bytes, int len);
int __wrap_EVP_DecryptUpdate(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len,
                             const unsigned char *bytes, int len);

/* Its configuration is a file whose name it writes itself. */
__attribute__((constructor)) static void begin(void)
{
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

unsigned char *__wrap_HMAC(const EVP_MD *kind, const void *key, int key_len,
                           const unsigned char *message, size_t len, unsigned char *ret,
                           unsigned *ret_len)
{
    __msan_check_mem_is_initialized(key, (size_t)key_len);
    __msan_check_mem_is_initialized(message, len);
    unsigned char *made = __real_HMAC(kind, key, key_len, message, len, ret, ret_len);
    if (made != NULL)
        __msan_unpoison(ret, *ret_len);
    return made;
}

int __wrap_EVP_Digest(const void *bytes, size_t len, unsigned char *ret, unsigned *ret_len,
                      const EVP_MD *kind, ENGINE *engine)
{
    __msan_check_mem_is_initialized(bytes, len);
    int made = __real_EVP_Digest(bytes, len, ret, ret_len, kind, engine);
    if (made == 1)
        __msan_unpoison(ret, (size_t)EVP_MD_get_size(kind));
    return made;
}

int __wrap_EVP_DigestUpdate(EVP_MD_CTX *context, const void *bytes, size_t len)
{
    __msan_check_mem_is_initialized(bytes, len);
    return __real_EVP_DigestUpdate(context, bytes, len);
}

int __wrap_EVP_DigestFinal_ex(EVP_MD_CTX *context, unsigned char *ret, unsigned *ret_len)
{
    int made = __real_EVP_DigestFinal_ex(context, ret, ret_len);
    if (made == 1)
        __msan_unpoison(ret, (size_t)EVP_MD_CTX_get_size(context));
    return made;
}

int __wrap_EVP_EncryptUpdate(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len,
                             const unsigned char *bytes, int len)
{
    __msan_check_mem_is_initialized(bytes, (size_t)len);
    int made = __real_EVP_EncryptUpdate(context, ret, ret_len, bytes, len);
    if (made == 1)
        __msan_unpoison(ret, (size_t)*ret_len);
    return made;
}

int __wrap_EVP_EncryptFinal_ex(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len)
{
    int made = __real_EVP_EncryptFinal_ex(context, ret, ret_len);
    if (made == 1)
        __msan_unpoison(ret, (size_t)*ret_len);
    return made;
}

int __wrap_EVP_DecryptUpdate(EVP_CIPHER_CTX *context, unsigned char *ret, int *ret_len,
                             const unsigned char *bytes, int len)
{
    __msan_check_mem_is_initialized(bytes, (size_t)len);
    return __real_EVP_DecryptUpdate(context, ret, ret_len, bytes, len); /* in place */
}
