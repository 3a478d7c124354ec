"""The experiments on the programs in bottlenecks/tune: what is changed in the copy, and what that shows."""

EXPERIMENTS = {
    'invoice_totals': {
        'label': 'cpu-python',
        'why': 'The loop over the lines is cut to its first line: nearly all CPU time goes with it, and functions written in C have little of it.',
        'changes': {'standIn': [('            owed[customer] = cents + share\n', '            owed[customer] = cents + share\n        break\n')]},
    },
    'lattice_walk': {
        'label': 'cpu-python',
        'why': 'Each walk makes one interpreted step only: the CPU time goes with the others, and functions written in C have little of it.',
        'changes': {'standIn': [('        for _ in range(steps):\n', '        for _ in range(1):\n')]},
    },
    'spelling': {
        'label': 'cpu-python',
        'why': 'A distance that is known at once takes the place of the interpreted one: the CPU time goes with it, and functions written in C have little of it.',
        'changes': {'standIn': [('def distance(left, right):\n', 'def distance(left, right):\n    return len(left)\n')]},
    },
    'colony': {
        'label': 'cpu-python',
        'why': 'A generation that is known at once takes the place of the interpreted one: the CPU time goes with it, and functions written in C have little of it.',
        'changes': {'standIn': [('def generation(alive):\n', 'def generation(alive):\n    return alive\n')]},
    },
    'config_lexer': {
        'label': 'cpu-python',
        'why': 'Tokens that are known at once take the place of the interpreted lexer: the CPU time goes with it, and functions written in C have little of it.',
        'changes': {'standIn': [('def tokens(text):\n', 'def tokens(text):\n    yield "{", 0, 1\n    return\n')]},
    },
    'prime_gaps': {
        'label': 'cpu-python',
        'why': 'A primality test that is known at once takes the place of the interpreted one: the CPU time goes with it, and functions written in C have little of it.',
        'changes': {'standIn': [('def is_prime(number, small):\n', 'def is_prime(number, small):\n    return number % 99 == 0\n')]},
    },
    'log_patterns': {
        'label': 'cpu-native',
        'why': 'The two calls of findall are replaced by one with no matches: the CPU time goes with them.',
        'changes': {'standIn': [('    return REPEATED.findall(text), ADDRESS.findall(text)\n', '    return [], []\n')]},
    },
    'backup_archive': {
        'label': 'cpu-native',
        'why': 'The archive stores the documents as they are, so that zlib is not called: the CPU time goes with it.',
        'changes': {'standIn': [('zipfile.ZIP_DEFLATED, compresslevel=9', 'zipfile.ZIP_STORED')]},
    },
    'account_import': {
        'label': 'cpu-native',
        'why': 'The key derivation runs one round in place of many: the CPU time in the C library goes, the Python code is unchanged.',
        'changes': {'standIn': [('AccountStore(60_000)', 'AccountStore(1)')]},
    },
    'signal_spectrum': {
        'label': 'cpu-native',
        'why': 'The transform is replaced by a slice of the same shape: the CPU time goes with the call.',
        'changes': {'standIn': [('    power = np.abs(np.fft.rfft(window))\n', '    power = window[: len(window) // 2 + 1]\n')]},
    },
    'league_ranks': {
        'label': 'cpu-native',
        'why': 'The ranking returns the list as it is, so that the sort in C is not called: the CPU time goes with it.',
        'changes': {'standIn': [('    return sorted(points)\n', '    return points\n')]},
    },
    'filter_bank': {
        'label': 'cpu-native',
        'why': 'The convolution is replaced by a slice of the same shape: the CPU time goes with the call.',
        'changes': {'standIn': [("np.convolve(sound, self.taps, mode='valid')", 'sound[len(self.taps) - 1 :]')]},
    },
    'price_fetcher': {
        'label': 'io-wait',
        'detail': 'network',
        'why': 'The program is idle while the server looks up a price; with a server that answers at once the wall time goes.',
        'changes': {'atOnce': [('LOOKUP_SECONDS = 0.035', 'LOOKUP_SECONDS = 0')]},
    },
    'line_quotes': {
        'label': 'io-wait',
        'detail': 'network',
        'why': 'The program is idle while the server works on a line; with a server that answers at once the wall time goes.',
        'changes': {'atOnce': [('        time.sleep(0.02)\n', '')]},
    },
    'journal_writer': {
        'label': 'io-wait',
        'detail': 'disk',
        'why': 'The program is idle while the disk takes each record; with records that go to memory only the wall time goes.',
        'changes': {'atOnce': [('        os.pwritev(self.file, [self.room], self.place % SLOTS * RECORD)\n', ''), ('            os.preadv(self.file, [self.room], slot * RECORD)\n', '')]},
    },
    'block_scrub': {
        'label': 'io-wait',
        'detail': 'disk',
        'why': 'The program is idle while the disk reads a block; with the blocks read from the page cache, only their first bytes asked for, the wall time goes.',
        'changes': {'atOnce': [('os.O_RDONLY | os.O_DIRECT', 'os.O_RDONLY'), ('os.preadv(image, [room], place * BLOCK)', 'room[:4] = os.pread(image, 4, place * BLOCK)')]},
    },
    'report_jobs': {
        'label': 'io-wait',
        'detail': 'subprocess',
        'why': 'The program itself is idle while one child after the other works; with children that return at once the wall time goes.',
        'changes': {'atOnce': [('DAYS = 900_000', 'DAYS = 9')]},
    },
    'host_checks': {
        'label': 'io-wait',
        'detail': 'subprocess',
        'why': 'The program is idle while each child runs; with children that do not wait the wall time goes.',
        'changes': {'atOnce': [('sleep {pause}; ', '')]},
    },
    'orders_import': {
        'label': 'io-wait',
        'detail': 'database',
        'acceptableDetails': ['disk'],
        'why': 'The program is idle in each commit; with one commit at the end the wall time goes.',
        'changes': {'atOnce': [('        base.commit()\n', ''), ('    base.close()\n', '    base.commit()\n    base.close()\n')]},
    },
    'stock_reservations': {
        'label': 'io-wait',
        'detail': 'database',
        'why': 'The program is idle while another process holds the lock of the database; without the time that it is held the wall time goes.',
        'changes': {'atOnce': [('HOLD_SECONDS = 0.3', 'HOLD_SECONDS = 0')]},
    },
    'rate_limited': {
        'label': 'io-wait',
        'detail': 'sleep',
        'why': 'The program is idle in its own sleeps; without them the wall time goes.',
        'changes': {'atOnce': [('            time.sleep(self.next - now)\n', '            pass\n')]},
    },
    'sensor_polling': {
        'label': 'io-wait',
        'detail': 'sleep',
        'why': 'The program is idle in its own pauses; with pauses of no length the wall time goes.',
        'changes': {'atOnce': [('60.0, 0.01)', '60.0, 0)'), ('50, 0.015)', '50, 0)')]},
    },
    'satellite_tiles': {
        'label': 'memory',
        'detail': 'allocation',
        'why': 'One canvas is kept, and the window of the last tile is blanked: without a new canvas for each tile the time goes.',
        'changes': {
            'reused': [
                ('def placed(tile, top, left):\n    sheet = canvas(-1.0)\n', 'KEPT = canvas(-1.0)\nLAST = [0, 0]\n\n\ndef placed(tile, top, left):\n    sheet = KEPT\n    y, x = LAST\n    sheet[y : y + 64, x : x + 64] = -1.0\n    LAST[:] = top, left\n'),
            ]
        },
    },
    'frame_capture': {
        'label': 'memory',
        'detail': 'allocation',
        'acceptableDetails': ['copies'],
        'why': 'One frame is kept, and the rows of the last turn are put back: without a new frame each turn the time goes.',
        'changes': {
            'reused': [
                ("        frame = bytearray(b'\\x10') * FRAME\n", "        frame = KEPT\n        for place in DIRTY:\n            frame[place : place + 64] = b'\\x10' * 64\n        DIRTY.clear()\n"),
                ('            frame[place : place + 64] = bytes([self.turn % 251]) * 64\n', '            frame[place : place + 64] = bytes([self.turn % 251]) * 64\n            DIRTY.append(place)\n'),
                ('class Camera:\n', "KEPT = bytearray(b'\\x10') * FRAME\nDIRTY = []\n\n\nclass Camera:\n"),
            ]
        },
    },
    'sample_recorder': {
        'label': 'memory',
        'detail': 'copies',
        'acceptableDetails': ['allocation'],
        'why': 'The trace is made once in its final size: without copying it for each reading the time goes.',
        'changes': {
            'reused': [
                ('        self.trace = np.zeros(0)\n', '        self.trace = np.zeros(38_000)\n        self.used = 0\n'),
                ('        self.trace = np.append(self.trace, reading)\n', '        self.trace[self.used] = reading\n        self.used += 1\n'),
            ]
        },
    },
    'packet_assembler': {
        'label': 'memory',
        'detail': 'copies',
        'acceptableDetails': ['allocation'],
        'why': 'The packets are joined once at the end: without copying the message for each packet the time goes.',
        'changes': {
            'reused': [
                ("    message = b''\n", '    parts = []\n'),
                ('        message = message + body\n', '        parts.append(body)\n'),
                ('    return message\n', "    return b''.join(parts)\n"),
            ]
        },
    },
    'column_totals': {
        'label': 'memory',
        'detail': 'bandwidth',
        'acceptable': ['cpu-native'],
        'why': 'The same table is laid out by columns, so that the same sums read memory in order: the time goes.',
        'changes': {'inOrder': [('    values = table(2048, 2048)\n', '    values = np.asfortranarray(table(2048, 2048))\n')]},
    },
    'matrix_rows': {
        'label': 'gil',
        'why': 'One thread in place of four takes no longer: the threads take turns.',
        'changes': {'oneThread': [('WORKERS = 4', 'WORKERS = 1')]},
    },
    'word_shards': {
        'label': 'gil',
        'why': 'One thread in place of three takes no longer: the threads take turns.',
        'changes': {'oneThread': [('    parts = 3\n', '    parts = 1\n')]},
    },
    'collatz_queue': {
        'label': 'gil',
        'why': 'One thread in place of four takes no longer: the threads take turns.',
        'changes': {'oneThread': [("'--workers', type=int, default=4", "'--workers', type=int, default=1")]},
    },
    'path_counts': {
        'label': 'gil',
        'why': 'One thread in place of four takes no longer: the threads take turns.',
        'changes': {'oneThread': [('THREADS = 4', 'THREADS = 1')]},
    },
    'square_pool': {
        'label': 'overhead',
        'why': 'The same work in the program itself, without a pool: it takes less than half as long.',
        'changes': {'inline': [('pool.imap(check_digit, numbers, chunksize=1)', 'map(check_digit, numbers)')]},
    },
    'batch_scores': {
        'label': 'overhead',
        'why': 'The same work in the program itself, without starting a pool for each batch: it takes less than half as long.',
        'changes': {'inline': [('        with multiprocessing.Pool(self.workers) as pool:\n            return pool.map(score, applications)\n', '        return list(map(score, applications))\n')]},
    },
    'matrix_means': {
        'label': 'overhead',
        'why': 'The same work in the program itself, without sending the grids: it takes less than half as long.',
        'changes': {'inline': [('pool.map(mean, base)', 'map(mean, base)')]},
    },
    'visit_counter': {
        'label': 'overhead',
        'why': 'Each worker counts in a table of its own and sends it once: it takes less than half as long.',
        'changes': {
            'chunked': [
                (
                    '    for page in pages:\n        with lock:\n            table[page] = table.get(page, 0) + 1\n',
                    '    mine = {}\n    for page in pages:\n        mine[page] = mine.get(page, 0) + 1\n    with lock:\n        for page, count in mine.items():\n            table[page] = table.get(page, 0) + count\n',
                )
            ]
        },
    },
    'label_futures': {
        'label': 'overhead',
        'acceptable': ['gil'],
        'why': 'The same work in the program itself, without a future for each label: it takes less than half as long.',
        'changes': {
            'inline': [
                ('        waiting = {pool.submit(label, article): article for article in range(70_000)}\n', '        waiting = range(70_000)\n'),
                ('as_completed(waiting)', 'waiting'),
                ('            labels[waiting[future]] = future.result()\n', '            labels[future] = label(future)\n'),
            ]
        },
    },
    'chat_gateway': {
        'label': 'event-loop',
        'acceptable': ['cpu-python'],
        'why': 'The statistics run in a worker process: the heartbeat is no longer late.',
        'changes': {
            'movedOut': [
                ('total += room.statistics()', 'total += await asyncio.get_running_loop().run_in_executor(POOL, room.statistics)'),
                ('    asyncio.run(main())\n', '    from concurrent.futures import ProcessPoolExecutor\n    POOL = ProcessPoolExecutor(1)\n    POOL.submit(int).result()\n    asyncio.run(main())\n    POOL.shutdown()\n'),
            ]
        },
    },
    'upload_service': {
        'label': 'event-loop',
        'acceptable': ['cpu-native'],
        'why': 'The signature is worked out in a thread: the heartbeat is no longer late.',
        'changes': {'movedOut': [('signature = sign(body)', 'signature = await asyncio.to_thread(sign, body)')]},
    },
    'cache_refresh': {
        'label': 'event-loop',
        'acceptable': ['io-wait'],
        'why': 'The blocking call runs in a thread: the heartbeat is no longer late.',
        'changes': {'movedOut': [('= backend.load(key)', '= await asyncio.to_thread(backend.load, key)')]},
    },
    'page_renderer': {
        'label': 'event-loop',
        'acceptable': ['cpu-python'],
        'why': 'Pages are rendered in a worker process: the heartbeat is no longer late.',
        'changes': {
            'movedOut': [
                ('            text = render(page)\n', '            text = await asyncio.get_running_loop().run_in_executor(POOL, render, page)\n'),
                ('asyncio.run(main())\n', 'from concurrent.futures import ProcessPoolExecutor\nPOOL = ProcessPoolExecutor(1)\nPOOL.submit(int).result()\nasyncio.run(main())\nPOOL.shutdown()\n'),
            ]
        },
    },
    'prime_ranges': {
        'label': 'parallel-already',
        'why': 'Both cores are busy, and with one worker in place of two it takes much longer.',
        'changes': {'oneWorker': [('WORKERS = 2', 'WORKERS = 1')]},
    },
    'chunk_digests': {
        'label': 'parallel-already',
        'why': 'Both cores are busy, and with one worker in place of two it takes much longer.',
        'changes': {'oneWorker': [('WORKERS = 2', 'WORKERS = 1')]},
    },
    'render_strips': {
        'label': 'parallel-already',
        'why': 'Both cores are busy, and with one worker in place of two it takes much longer.',
        'changes': {'oneWorker': [('workers=2', 'workers=1')]},
    },
    'shard_packer': {
        'label': 'parallel-already',
        'why': 'Both cores are busy, and with one worker in place of two it takes much longer.',
        'changes': {'oneWorker': [('THREADS = 2', 'THREADS = 1')]},
    },
    'nightly_report': {
        'label': 'mixed',
        'why': 'The interpreted loop, the wait and the key derivation are taken out one at a time: none has more than about half of the time.',
        'changes': {
            'python': [('bookings(5_000_000)', 'bookings(5)')],
            'sleep': [('rates(0.6)', 'rates(0)')],
            'native': [('1_600_000', '16')],
        },
    },
    'ticket_digest': {
        'label': 'mixed',
        'why': 'The wait for the server, the interpreted ranking and the key derivation are taken out one at a time: none has more than about half of the time.',
        'changes': {
            'network': [('ANSWER_SECONDS = 0.026', 'ANSWER_SECONDS = 0')],
            'native': [('45_000', '5')],
            'python': [('def rank(text):\n', 'def rank(text):\n    return len(text)\n')],
        },
    },
    'photo_index': {
        'label': 'mixed',
        'why': 'The compression, the interpreted count and the wait for the disk are taken out one at a time: none has more than about half of the time.',
        'changes': {
            'native': [('zlib.compress(picture.tobytes(), 6)', 'picture.tobytes()')],
            'python': [('    def count(self, pixels):\n', '    def count(self, pixels):\n        return\n')],
            'disk': [('            os.fsync(self.notes.fileno())\n', '')],
        },
    },
    'survey_study': {
        'label': 'mixed',
        'why': 'The interpreted cleaning, the sorting in NumPy and the wait for the other program are taken out one at a time: none has more than about half of the time.',
        'changes': {
            'python': [('clean(3_200_000)', 'clean(70_000)')],
            'native': [('np.sort(rng.permutation(sample))[len(sample) // 3]', 'sample[3]')],
            'subprocess': [('sleep {pause}; ', '')],
        },
    },
    'shift_plan': {'label': 'too-short', 'why': 'The whole run is timed.', 'changes': {}},
    'budget_check': {'label': 'too-short', 'why': 'The whole run is timed.', 'changes': {}},
    'letter_ladder': {'label': 'too-short', 'why': 'The whole run is timed.', 'changes': {}},
}
