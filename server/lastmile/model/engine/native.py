"""llama.cpp's weights and contexts, typed and without its Python wrapper's habits.

Decides nothing: what is evaluated when, and what is kept, is the lane's to know. Nothing here writes
to standard output. All of it but loading is for one thread.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lastmile.errors import ModelError
from lastmile.model.engine.binding import library, pointer
from lastmile.model.engine.log import library_log
from lastmile.model.engine.trouble import DecodeError, EngineError, InterruptedBatchError, NoRoomError
from lastmile.model.header import whole

Logits = NDArray[np.float32]
_BFLOAT16 = 30
"""GGML_TYPE_BF16 of llama.cpp's ggml.h, which the binding does not name."""


class Weights:
    """A model's weights and vocabulary, loaded once for all contexts."""

    def __init__(self, path: Path, *, gpu_layers: int = -1, vocabulary_only: bool = False, dry: bool = False) -> None:
        """Load it; takes seconds for a large one. Raises `ModelError`.

        With ``dry`` everything is looked at that loading looks at, weights are neither read nor given memory, and
        nothing can be evaluated.
        """
        whole(path)
        self._library = library()
        log = library_log()
        self._library.llama_backend_init()
        parameters = self._library.llama_model_default_params()
        parameters.n_gpu_layers = gpu_layers
        parameters.vocab_only = vocabulary_only
        if dry:
            parameters.no_alloc = True
            parameters.load_mode = self._library.LLAMA_LOAD_MODE_NONE  # what is mapped cannot do without
        log.forget()
        model = self._library.llama_model_load_from_file(str(path).encode(), parameters)
        if not model:
            message = f"{path} cannot be loaded: {log.reason() or 'llama.cpp does not say why'}."
            raise ModelError(message)
        self.model: Any = model
        self.vocabulary: Any = self._library.llama_model_get_vocab(model)
        self.size: int = self._library.llama_vocab_n_tokens(self.vocabulary)
        self.trained: int = self._library.llama_model_n_ctx_train(model)
        recurrent = self._library.llama_model_is_recurrent(model) or self._library.llama_model_is_hybrid(model)
        self.rewindable = not recurrent
        """Whether what was read last can be taken back; recurrent states cannot."""

        self.windowed: bool = self._library.llama_model_n_swa(model) > 0
        """Whether some layers look no farther back than a window."""

        self.offloaded = bool(gpu_layers and self._library.llama_supports_gpu_offload())
        """Whether an accelerator computes, whose batches run to their end."""

    def template(self) -> str:
        """Give the chat template that the file carries, or nothing."""
        found = self._library.llama_model_chat_template(self.model, None)
        return found.decode("utf-8", "replace") if found else ""

    def close(self) -> None:
        """Give the memory back; every context must be closed before."""
        self._library.llama_model_free(self.model)


class Batch:
    """The arrays of a batch, made once and read by the library where they are.

    They are C's own: numpy's take some microseconds longer to be written, at each token.
    """

    def __init__(self, most: int) -> None:
        numbers: Any = ctypes.c_int32 * most
        self.tokens, self.positions, self.sequences = numbers(), numbers(), numbers()
        self.wanted: Any = (ctypes.c_int8 * most)()
        self._counts = numbers(*[1] * most)
        place, width = ctypes.addressof(self.sequences), ctypes.sizeof(ctypes.c_int32)
        self._places = (ctypes.c_void_p * most)(*range(place, place + most * width, width))
        raw = library().llama_batch()
        raw.token = ctypes.cast(self.tokens, ctypes.POINTER(ctypes.c_int32))
        raw.pos = ctypes.cast(self.positions, ctypes.POINTER(ctypes.c_int32))
        raw.n_seq_id = ctypes.cast(self._counts, ctypes.POINTER(ctypes.c_int32))
        raw.seq_id = ctypes.cast(self._places, ctypes.POINTER(ctypes.POINTER(ctypes.c_int32)))
        raw.logits = ctypes.cast(self.wanted, ctypes.POINTER(ctypes.c_int8))
        self.raw = raw


class Context:
    """Keys and values of several sequences over shared weights."""

    def __init__(self, weights: Weights, *, cells: int, sequences: int, batch: int, threads: int) -> None:
        """Allocate it. Raises `EngineError` where the memory does not suffice.

        On processors the values are kept in bfloat16 and the keys in half precision. Were both in half
        precision, what is attended to would be added up in it too, a token alone would have its cells
        divided among the threads, and a batch of 64 would go another way again, each with its own
        roundings. Kinds that differ are added up in single precision, a text's cells one after the other;
        that is quicker, and comes out no farther from what is right.
        """
        self._library = library()
        parameters = self._library.llama_context_default_params()
        parameters.n_ctx = cells
        parameters.n_batch = parameters.n_ubatch = batch
        parameters.n_seq_max = sequences
        parameters.n_threads = parameters.n_threads_batch = threads
        # One buffer for all sequences: only so do they share the cells of a common prefix.
        parameters.kv_unified = True
        parameters.swa_full = True
        parameters.no_perf = True
        library_log().forget()
        context = None
        if not weights.offloaded:
            parameters.type_v = _BFLOAT16
            context = self._library.llama_init_from_model(weights.model, parameters)
            # Models that compress keys and values together want both of one type.
            parameters.type_v = parameters.type_k
        context = context or self._library.llama_init_from_model(weights.model, parameters)
        if not context:
            message = f"There is no room for a context of {cells} tokens: {library_log().reason() or 'out of memory'}."
            raise EngineError(message)
        self._context: Any = context
        self._memory: Any = self._library.llama_get_memory(context)
        self._row: Any = ctypes.c_float * weights.size
        # As the binding has it, an object is made of each address only to be taken apart again.
        kind = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)
        self._place = kind(ctypes.cast(self._library.llama_get_logits_ith, ctypes.c_void_p).value or 0)
        self.cells: int = self._library.llama_n_ctx(context)
        self.batch = Batch(batch)
        self.most = batch

    def watch(self, flag: Flag) -> None:
        """Stop evaluating whenever the flag is up; builds for accelerators look only between batches."""
        self._library.llama_set_abort_callback(self._context, flag.callback, flag.address)

    def decode(self, tokens: Sequence[int], positions: Sequence[int], sequences: Sequence[int]) -> None:
        """Evaluate a batch; ``batch.wanted`` says beforehand whose logits are to be kept.

        Raises `InterruptedBatchError`, `NoRoomError` or `DecodeError`; the context may then hold some of it.
        """
        count, batch = len(tokens), self.batch
        batch.tokens[:count] = tokens
        batch.positions[:count] = positions
        batch.sequences[:count] = sequences
        batch.raw.n_tokens = count
        match self._library.llama_decode(self._context, batch.raw):
            case 0:
                return
            case 1:
                raise NoRoomError("The context is full; ask for less at once.")
            case 2:
                raise InterruptedBatchError
            case code:
                message = f"llama.cpp could not evaluate a batch of {count} tokens (code {code})."
                raise DecodeError(message)

    def logits(self, row: int) -> Logits:
        """Give the logits of a row of the last batch: a view that the next batch overwrites."""
        address = self._place(self._context, row)
        if not address:
            raise DecodeError("llama.cpp kept no logits of the last batch.")
        # What numpy has for it, as_array, takes 5 us longer, at each token.
        return np.frombuffer(self._row.from_address(address), np.float32)

    def trim(self, sequence: int, length: int) -> bool:
        """Forget what a sequence holds from a position on; False where the model cannot take back a part."""
        return bool(self._library.llama_memory_seq_rm(self._memory, sequence, length, -1))

    def copy(self, source: int, target: int, length: int) -> None:
        """Let an empty sequence share the first tokens of another; costs next to nothing."""
        self._library.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def state(self, sequence: int) -> NDArray[np.uint8]:
        """Copy out what a sequence holds."""
        size = self._library.llama_state_seq_get_size(self._context, sequence)
        data = np.empty(size, np.uint8)
        written = self._library.llama_state_seq_get_data(self._context, pointer(data, ctypes.c_uint8), size, sequence)
        return data[:written]

    def restore(self, sequence: int, data: NDArray[np.uint8]) -> bool:
        """Put back into an empty sequence what `state` gave; False where it has no room."""
        place = pointer(data, ctypes.c_uint8)
        return bool(self._library.llama_state_seq_set_data(self._context, place, data.size, sequence))

    def close(self) -> None:
        """Give the memory back."""
        self._library.llama_free(self._context)


class Flag:
    """A flag that the library looks at between two operations of a batch, without Python's lock.

    The library calls a C function of one address and takes what it returns as a truth. A Python
    function there would wait for the interpreter's lock hundreds of times a batch, each time up to
    5 ms when another thread is busy. ``strlen`` over two bytes is such a function already: it is true
    when the first byte is not zero.
    """

    def __init__(self) -> None:
        found = library()
        self._bytes = ctypes.create_string_buffer(2)
        runtime = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None)
        self.callback = ctypes.cast(runtime.strlen, found.ggml_abort_callback)
        self.address = ctypes.cast(self._bytes, ctypes.c_void_p)

    def raise_(self) -> None:
        """Stop what is being evaluated; safe from any thread."""
        self._bytes[0] = b"\1"

    def lower(self) -> None:
        """Let the next batch run."""
        self._bytes[0] = b"\0"
