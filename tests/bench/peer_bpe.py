"""SentencePiece learns byte-pair encoding: peer_bpe.py TEXT MERGES prints how many seconds it took."""
import sys
import tempfile
import time

import sentencepiece

text, merges = sys.argv[1], int(sys.argv[2])
with tempfile.TemporaryDirectory() as folder:
    start = time.perf_counter()
    sentencepiece.SentencePieceTrainer.train(
        input=text, model_prefix=folder + "/model", vocab_size=merges, model_type="bpe",
        num_threads=2, minloglevel=2, hard_vocab_limit=False)
    print(time.perf_counter() - start)
