# Fuzz targets.  What they are run by is SYNCSPEC_ENGINE: -fsanitize=fuzzer (the fuzz preset), the library of another
# engine (AFL++'s driver, what OSS-Fuzz gives in LIB_FUZZING_ENGINE), or nothing: then replay.c, which runs the property
# over the named seeds, as the test replay/<target>.
if(SYNCSPEC_FUZZ AND NOT SYNCSPEC_ENGINE)
    set(SYNCSPEC_ENGINE -fsanitize=fuzzer)
endif()
if(SYNCSPEC_ENGINE)
    enable_language(CXX) # engines are written in C++, and want its library
endif()

add_custom_target(fuzz_targets)

# MemorySanitizer is told by fuzz/foreign.c what these write.
set(foreign EVP_DecryptUpdate EVP_DigestFinal_ex EVP_DigestUpdate EVP_EncryptFinal_ex EVP_EncryptUpdate HMAC)
list(TRANSFORM foreign PREPEND -Wl,--wrap=)

# Links a property, be it a target or a target with a planted bug, to the engine.
function(syncspec_fuzz_engine program)
    if(NOT SYNCSPEC_ENGINE)
        target_sources(${program} PRIVATE replay.c)
        return()
    endif()
    set_target_properties(${program} PROPERTIES LINKER_LANGUAGE CXX)
    separate_arguments(engine UNIX_COMMAND "${SYNCSPEC_ENGINE}")
    target_link_libraries(${program} PRIVATE ${engine})
endfunction()

# syncspec_fuzz(<target> [SOURCES <file>...] DEPS <folder>... [LIBS <library>...] [MUTATOR <format>] [PLANT <function>...]
#               [FOREIGN])
# Builds fuzz/<target>.c.  MUTATOR: mutate_<format>.c knows what its inputs are made of.  PLANT: planted/<target>.c stands
# between the property and these functions of the product, with a bug that the target has to find (proof_<target>, see
# ci/gates/fuzz-proof).  FOREIGN: it cannot do without libraries that MemorySanitizer does not see into (README.md).
function(syncspec_fuzz target)
    cmake_parse_arguments(arg "FOREIGN" "MUTATOR" "SOURCES;DEPS;LIBS;PLANT" ${ARGN})
    if(arg_FOREIGN AND SYNCSPEC_MEMORY)
        return()
    endif()
    list(TRANSFORM arg_DEPS PREPEND syncspec_)
    if(arg_MUTATOR AND SYNCSPEC_ENGINE)
        list(APPEND arg_SOURCES mutate.c mutate_${arg_MUTATOR}.c)
    endif()
    if(SYNCSPEC_MEMORY)
        list(APPEND arg_SOURCES foreign.c)
        list(APPEND arg_LIBS ${foreign})
    endif()
    add_library(property_${target} OBJECT ${target}.c ${arg_SOURCES})
    target_link_libraries(property_${target} PUBLIC syncspec_options ${arg_DEPS} ${arg_LIBS})
    if(NOT SYNCSPEC_ENGINE)
        target_compile_definitions(property_${target} PRIVATE FUZZ_REPLAY)
    endif()
    add_executable(fuzz_${target})
    target_link_libraries(fuzz_${target} PRIVATE property_${target})
    syncspec_fuzz_engine(fuzz_${target})
    add_dependencies(fuzz_targets fuzz_${target})
    if(NOT SYNCSPEC_ENGINE)
        add_test(NAME replay/${target}
                 COMMAND fuzz_${target} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${target})
    elseif(arg_PLANT)
        list(TRANSFORM arg_PLANT PREPEND -Wl,--wrap=)
        add_executable(proof_${target} EXCLUDE_FROM_ALL planted/${target}.c)
        target_link_libraries(proof_${target} PRIVATE property_${target})
        target_link_options(proof_${target} PRIVATE ${arg_PLANT})
        syncspec_fuzz_engine(proof_${target})
        add_dependencies(fuzz_proofs proof_${target})
    endif()
endfunction()
add_custom_target(fuzz_proofs)
