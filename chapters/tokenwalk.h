#pragma once

// Everything that the installed library offers, in the order of the book.

#include "chapters/01_tokenizer/bpe.h"
#include "chapters/01_tokenizer/published.h"
#include "chapters/01_tokenizer/train.h"
#include "chapters/01_tokenizer/utf8.h"
#include "chapters/02_softmax_temperature/draw.h"
#include "chapters/02_softmax_temperature/softmax.h"
#include "chapters/03_nucleus_sampling/nucleus.h"
#include "chapters/04_transformer/forward_full.h"
#include "chapters/04_transformer/layers.h"
#include "chapters/04_transformer/reference_kernels.h"
#include "chapters/05_naive_generate/generate_naive.h"
#include "chapters/06_cached_generate/forward_cached.h"
#include "chapters/06_cached_generate/generate_cached.h"
#include "chapters/06_cached_generate/kv_cache.h"
#include "chapters/06_cached_generate/proof.h"
#include "chapters/07_sessions/session.h"
#include "chapters/07_sessions/session_file.h"
#include "chapters/07_sessions/wrappers.h"

// And what they stand on: errors, threads, models.
#include "lib/base/error.h"
#include "lib/base/thread_pool.h"
#include "lib/model/model.h"
