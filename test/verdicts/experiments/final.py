"""The experiments on the programs in bottlenecks/final: what is changed in the copy, and what that shows."""

INTERPRETED = 'A result that is known at once takes the place of the interpreted function: the CPU time goes with it, and functions written in C have little of it.'
TWO_CORES = 'Both cores are busy, and with one worker in place of two it takes much longer.'
TURNS = 'One thread in place of several takes no longer: the threads take turns.'
TIMED = 'The whole run is timed.'

EXPERIMENTS = {
    'loan_schedule': {
        'label': 'cpu-python',
        'why': INTERPRETED,
        'changes': {'standIn': [('def plan(cents, rate, payment):\n', 'def plan(cents, rate, payment):\n    return 12, cents\n')]},
    },
    'orbit_steps': {
        'label': 'cpu-python',
        'why': INTERPRETED,
        'changes': {'standIn': [('    def pull(self, step):\n', '    def pull(self, step):\n        return\n')]},
    },
    'cargo_plan': {
        'label': 'cpu-python',
        'why': INTERPRETED,
        'changes': {'standIn': [('def best(items, room):\n', 'def best(items, room):\n    return [0] * (room + 1)\n')]},
    },
    'fractal_tiles': {
        'label': 'cpu-python',
        'why': INTERPRETED,
        'changes': {'standIn': [('def escapes(c, turns=90):\n', 'def escapes(c, turns=90):\n    return turns\n')]},
    },
    'route_tables': {
        'label': 'cpu-python',
        'why': INTERPRETED,
        'changes': {'standIn': [('def shorten(cost):\n', 'def shorten(cost):\n    return cost\n')]},
    },
    'seating': {
        'label': 'cpu-python',
        'why': INTERPRETED,
        'changes': {'standIn': [('def seatings(size, row=0, columns=0, left=0, right=0):\n', 'def seatings(size, row=0, columns=0, left=0, right=0):\n    return size\n')]},
    },
    'text_redaction': {
        'label': 'cpu-native',
        'why': 'The substitutions by regular expression are left out: the CPU time goes with them.',
        'changes': {'standIn': [('            text = pattern.sub(stand_in, text)\n', '            text = text\n')]},
    },
    'snapshot_bundle': {
        'label': 'cpu-native',
        'why': 'The compressors of the standard library are not called: the CPU time goes with them.',
        'changes': {'standIn': [('def pack(body, strong):\n', 'def pack(body, strong):\n    return body\n')]},
    },
    'license_keys': {
        'label': 'cpu-native',
        'why': 'The power of large numbers, one call into C for each signature, is left out: the CPU time goes with it.',
        'changes': {'standIn': [('    return pow(number, PRIVATE, MODULUS)\n', '    return number\n')]},
    },
    'vibration_modes': {
        'label': 'cpu-native',
        'why': 'The decomposition is replaced by a column of the same shape: the CPU time goes with the call.',
        'changes': {'standIn': [('    return np.linalg.svd(matrix, compute_uv=False)\n', '    return matrix[0]\n')]},
    },
    'catalog_export': {
        'label': 'cpu-native',
        'why': 'The text and the list are kept from the first turn, so that the encoder and the decoder written in C are not called again: the CPU time goes with them.',
        'changes': {
            'standIn': [
                ('        return json.dumps(self.articles)\n', '        self.kept = getattr(self, "kept", None) or json.dumps(self.articles)\n        return self.kept\n'),
                ('        return json.loads(text)\n', '        return self.articles\n'),
            ]
        },
    },
    'noise_filter': {
        'label': 'cpu-native',
        'why': 'The partition is replaced by the windows as they are, of the same shape: the CPU time goes with the call.',
        'changes': {'standIn': [('np.partition(windows(signal, width), width // 2, axis=1)', 'windows(signal, width)')]},
    },
    'catalog_crawler': {
        'label': 'io-wait',
        'detail': 'network',
        'why': 'The program is idle while the site makes a page; with a site that answers at once the wall time goes.',
        'changes': {'atOnce': [('        time.sleep(0.03)\n', '')]},
    },
    'weather_stations': {
        'label': 'io-wait',
        'detail': 'network',
        'acceptableDetails': ['sleep'],
        'why': 'The program is idle while the stations take their reading; with stations that answer at once the wall time goes.',
        'changes': {'atOnce': [('DELAY_SECONDS = 0.12', 'DELAY_SECONDS = 0')]},
    },
    'quote_stream': {
        'label': 'io-wait',
        'detail': 'network',
        'why': 'The program is idle between quotes; with a source that sends them at once the wall time goes.',
        'changes': {'atOnce': [('GAP_SECONDS = 0.04', 'GAP_SECONDS = 0')]},
    },
    'document_store': {
        'label': 'io-wait',
        'detail': 'disk',
        'why': 'The program is idle while the disk takes each scan; with scans that stay in memory the wall time goes.',
        'changes': {'atOnce': [('        os.pwritev(shelf, [scan], number // len(self.shelves) % 3 * SCAN)\n', '')]},
    },
    'ledger_pages': {
        'label': 'io-wait',
        'detail': 'disk',
        'why': 'The program is idle while the disk reads a page; with the page in memory the wall time goes.',
        'changes': {'atOnce': [('        os.preadv(self.ledger, [self.room], number * PAGE)\n', '        self.room[:8] = number.to_bytes(8, "little")\n')]},
    },
    'style_checks': {
        'label': 'io-wait',
        'detail': 'subprocess',
        'why': 'The program itself is idle while one child after the other works; with children that return at once the wall time goes.',
        'changes': {'atOnce': [('text = open(sys.argv[1]).read()\n', 'text = "beet"\n')]},
    },
    'media_probe': {
        'label': 'io-wait',
        'detail': 'subprocess',
        'why': 'The program is idle while each tool runs; with tools that do not wait the wall time goes.',
        'changes': {'atOnce': [('sleep {pause}; ', '')]},
    },
    'meter_readings': {
        'label': 'io-wait',
        'detail': 'database',
        'acceptableDetails': ['disk'],
        'why': 'The program is idle in each commit; in one transaction the wall time goes.',
        'changes': {'atOnce': [('        with self.base:\n            self.base.execute(\'INSERT', '        if True:\n            self.base.execute(\'INSERT')]},
    },
    'queue_claims': {
        'label': 'io-wait',
        'detail': 'database',
        'acceptableDetails': ['subprocess'],
        'why': 'The program is idle while another one holds the lock of the database; without the time that it is held the wall time goes.',
        'changes': {'atOnce': [('    time.sleep(0.25)\n', '')]},
    },
    'retry_backoff': {
        'label': 'io-wait',
        'detail': 'sleep',
        'why': 'The program is idle in its own pauses; without them the wall time goes.',
        'changes': {'atOnce': [('            time.sleep(pause)\n', '')]},
    },
    'status_watch': {
        'label': 'io-wait',
        'detail': 'sleep',
        'why': 'All threads are idle in their own pauses; with pauses of no length the wall time goes.',
        'changes': {'atOnce': [('    pause = 0.06\n', '    pause = 0\n')]},
    },
    'river_levels': {
        'label': 'memory',
        'detail': 'copies',
        'acceptableDetails': ['allocation'],
        'why': 'Only the row that changes is kept for going back: without a copy of the whole map each hour the time goes.',
        'changes': {
            'reused': [
                ('    def keep(self):\n        self.past.append(self.levels.copy())\n', '    def keep(self):\n        self.past.append(None)\n'),
                ('        row = hour * 31 % len(self.levels)\n', '        row = hour * 31 % len(self.levels)\n        self.past[-1] = (row, self.levels[row].copy())\n'),
                ('        self.levels = self.past.pop()\n', '        row, before = self.past.pop()\n        self.levels[row] = before\n'),
            ]
        },
    },
    'report_pages': {
        'label': 'memory',
        'detail': 'allocation',
        'acceptableDetails': ['copies'],
        'why': 'One sheet is kept, and the marks of the last page are wiped out: without a new sheet for each page the time goes.',
        'changes': {
            'reused': [
                ('    sheet = EMPTY * CELLS\n', '    sheet = KEPT\n    for place in DIRTY:\n        sheet[place] = 0.0\n    DIRTY.clear()\n'),
                ('        sheet[(number * 7919 + mark * 104729) % CELLS] = number + mark\n', '        DIRTY.append((number * 7919 + mark * 104729) % CELLS)\n        sheet[DIRTY[-1]] = number + mark\n'),
                ('def page(number, marks):\n', 'KEPT = EMPTY * CELLS\nDIRTY = []\n\n\ndef page(number, marks):\n'),
            ]
        },
    },
    'history_table': {
        'label': 'memory',
        'detail': 'copies',
        'acceptableDetails': ['allocation'],
        'why': 'The table is made once in its final size: without copying it for each day the time goes.',
        'changes': {
            'reused': [
                ('history = np.empty((0, 5))\n', 'history = np.empty((11_000, 5))\n'),
                ('    history = np.vstack([history, day(number)])\n', '    history[number] = day(number)\n'),
            ]
        },
    },
    'message_stream': {
        'label': 'memory',
        'detail': 'copies',
        'acceptableDetails': ['allocation'],
        'why': 'The buffer is a view that is not copied when it is cut: the time goes.',
        'changes': {'reused': [('        self.buffer = data\n', '        self.buffer = memoryview(data)\n')]},
    },
    'undo_steps': {
        'label': 'memory',
        'detail': 'copies',
        'acceptableDetails': ['allocation'],
        'why': 'Only the point that changes is kept: without a copy of all points for each step the time goes.',
        'changes': {
            'reused': [
                ('        self.past.append(list(self.points))\n', '        place = number * 31 % len(self.points)\n        self.past.append((place, self.points[place]))\n'),
                ('        self.points = copy.copy(self.past.pop())\n', '        place, before = self.past.pop()\n        self.points[place] = before\n'),
            ]
        },
    },
    'lookup_weights': {
        'label': 'memory',
        'detail': 'bandwidth',
        'acceptable': ['cpu-native'],
        'why': 'The same look-ups in a part of the table that fits the cache: the time goes.',
        'changes': {'cached': [('(state % np.uint64(CUSTOMERS)).astype(np.int64)', '(state % np.uint64(20_000)).astype(np.int64)'), ('    weights = np.ones(CUSTOMERS)\n', '    weights = np.ones(20_000)\n')]},
    },
    'game_ratings': {'label': 'gil', 'why': TURNS, 'changes': {'oneThread': [('RUNS = 3\n', 'RUNS = 1\n'), ('range(0, 312, RUNS * 8)', 'range(0, 312, 24)'), ('range(start, start + RUNS * 8)', 'range(start, start + 24)')]}},
    'text_metrics': {'label': 'gil', 'why': TURNS, 'changes': {'oneThread': [('workers=3', 'workers=1')]}},
    'tile_costs': {'label': 'gil', 'why': TURNS, 'changes': {'oneThread': [('processes=4', 'processes=1')]}},
    'ballot_count': {'label': 'gil', 'why': TURNS, 'changes': {'oneThread': [("type=int, default=3", "type=int, default=1")]}},
    'name_lengths': {
        'label': 'overhead',
        'why': 'The same work in the program itself, without a pool: it takes less than half as long.',
        'changes': {'inline': [('pool.map(clean, names(11_000))', 'map(clean, names(11_000))')]},
    },
    'folder_stats': {
        'label': 'overhead',
        'why': 'The same work in the program itself, without a process for each folder: it takes less than half as long.',
        'changes': {'inline': [('            worker.start()\n', ''), ('            worker = Process(target=figure, args=(folder, self.results))\n', '            figure(folder, self.results)\n'), ('            worker.join()\n', '')]},
    },
    'queue_relay': {
        'label': 'overhead',
        'why': 'Numbers travel in lists of a thousand: the same work takes less than half as long.',
        'changes': {
            'chunked': [
                ('    for number in range(count):\n        orders.put(100 + number % 900)\n', '    for start in range(0, count, 1000):\n        orders.put([100 + number % 900 for number in range(start, min(start + 1000, count))])\n'),
                ('        taxed.put(cents * 119 // 100)\n', '        taxed.put([each * 119 // 100 for each in cents])\n'),
                ('        total += cents\n', '        total += sum(cents)\n'),
            ]
        },
    },
    'ledger_checks': {
        'label': 'overhead',
        'why': 'The same work in the program itself, without sending the books: it takes less than half as long.',
        'changes': {'inline': [('pool.map(balanced, books, chunksize=1)', 'list(map(balanced, books))')]},
    },
    'ping_tasks': {
        'label': 'overhead',
        'why': 'The same work in the program itself, without a thread for each cell: it takes less than half as long.',
        'changes': {
            'inline': [
                ('    threads = [threading.Thread(target=mark, args=(cells, place)) for place in range(start, start + 4)]\n', '    for place in range(start, start + 4):\n        mark(cells, place)\n'),
                ('    for thread in threads:\n        thread.start()\n    for thread in threads:\n        thread.join()\n', ''),
            ]
        },
    },
    'auction_house': {
        'label': 'event-loop',
        'acceptable': ['cpu-python'],
        'why': 'The prices are worked out in a worker process: the heartbeat is no longer late.',
        'changes': {
            'movedOut': [
                ('        prices = fair_prices(list(bids.values()) * 5)\n', '        prices = await asyncio.get_running_loop().run_in_executor(POOL, fair_prices, list(bids.values()) * 5)\n'),
                ('    asyncio.run(main())\n', '    from concurrent.futures import ProcessPoolExecutor\n\n    POOL = ProcessPoolExecutor(1)\n    POOL.submit(int).result()\n    asyncio.run(main())\n    POOL.shutdown()\n'),
            ]
        },
    },
    'thumbnail_service': {
        'label': 'event-loop',
        'acceptable': ['cpu-native'],
        'why': 'The packing runs in a thread: the heartbeat is no longer late.',
        'changes': {'movedOut': [('        small = self.pack(body)\n', '        small = await asyncio.to_thread(self.pack, body)\n')]},
    },
    'order_desk': {
        'label': 'event-loop',
        'acceptable': ['io-wait'],
        'why': 'The blocking request runs in a thread: the heartbeat is no longer late.',
        'changes': {'movedOut': [('= address(port, customer)', '= await asyncio.to_thread(address, port, customer)')]},
    },
    'search_index': {
        'label': 'event-loop',
        'acceptable': ['cpu-python'],
        'why': 'The adding is cut into short slices, with the loop free in between: the heartbeat is no longer late.',
        'changes': {
            'movedOut': [
                ('    def add(self, text):\n', '    async def add(self, text):\n'),
                ('        for place, word in enumerate(text.split()):\n', '        for place, word in enumerate(text.split()):\n            if place % 100 == 0:\n                await asyncio.sleep(0)\n'),
                ('        index.add(text)\n', '        await index.add(text)\n'),
            ]
        },
    },
    'pi_workers': {'label': 'parallel-already', 'why': TWO_CORES, 'changes': {'oneWorker': [('PROCESSES = 2', 'PROCESSES = 1')]}},
    'band_sorting': {'label': 'parallel-already', 'why': TWO_CORES, 'changes': {'oneWorker': [('workers=2', 'workers=1')]}},
    'batch_solver': {
        'label': 'parallel-already',
        'why': 'Both cores are busy, and with one program at a time it takes much longer.',
        'changes': {'oneWorker': [('programs = [start(first, last) for first, last in REGIONS]\nanswers = [int(program.communicate()[0]) for program in programs]\n', 'answers = [int(start(first, last).communicate()[0]) for first, last in REGIONS]\n')]},
    },
    'archive_shards': {'label': 'parallel-already', 'why': TWO_CORES, 'changes': {'oneWorker': [('type=int, default=2', 'type=int, default=1')]}},
    'quarter_close': {
        'label': 'mixed',
        'why': 'The interpreted entries, the signature in C and the pause are taken out one at a time: none has more than about half of the time.',
        'changes': {
            'python': [('Quarter(520_000)', 'Quarter(5)')],
            'native': [('sign(60_000)', 'sign(6)')],
            'sleep': [('pause(0.055)', 'pause(0)')],
        },
    },
    'mail_sorter': {
        'label': 'mixed',
        'why': 'The wait for the server, the interpreted sorting and the packing in C are taken out one at a time: none has more than about half of the time.',
        'changes': {
            'network': [('        time.sleep(0.025)\n', '')],
            'python': [('def kind(text):\n', 'def kind(text):\n    return 1\n')],
            'native': [('    return len(bz2.compress(text * 3))\n', '    return len(text)\n')],
        },
    },
    'terrain_build': {
        'label': 'mixed',
        'why': 'The interpreted hills, the transforms in C and the outside tool are taken out one at a time: none has more than about half of the time.',
        'changes': {
            'python': [('def hills(sheet):\n', 'def hills(sheet):\n    return np.full((SIDE, SIDE), 1.0)\n')],
            'native': [('    for turn in range(7):\n', '    for turn in range(0):\n')],
            'subprocess': [('sleep {pause}; ', '')],
        },
    },
    'stock_sync': {
        'label': 'mixed',
        'why': 'The interpreted comparison, the digest in C and the wait are taken out one at a time: none has more than about half of the time.',
        'changes': {
            'python': [('def compare(ours, theirs):\n', 'def compare(ours, theirs):\n    return {1: 2}\n')],
            'native': [('150_000)', '15)')],
            'sleep': [('wait_for_warehouse(0.07)', 'wait_for_warehouse(0)')],
        },
    },
    'recipe_scale': {'label': 'too-short', 'why': TIMED, 'changes': {}},
    'address_book': {'label': 'too-short', 'why': TIMED, 'changes': {}},
    'word_of_the_day': {'label': 'too-short', 'why': TIMED, 'changes': {}},
}
