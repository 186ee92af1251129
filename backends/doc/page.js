/* SPDX-License-Identifier: MIT */
/* Filters the table of operations and the reference below it by what the form says. */
(function () {
    'use strict';
    const form = document.getElementById('page-filter');
    const count = document.getElementById('page-count');
    const field = (name) => document.getElementById('page-' + name);

    /* Every operation: its row, its section, and what can be asked of it. */
    const operations = [...document.querySelectorAll('.index tbody tr[data-in]')].map((row) => {
        const section = document.getElementById(row.querySelector('a').hash.slice(1));
        return {
            row, section,
            hypercall: row.parentNode.dataset.hypercall,
            text: section.textContent.toLowerCase(),
            in: row.dataset.in.split(' '),
            out: row.dataset.out.split(' '),
        };
    });

    function matches(operation, words, hypercall, register, use) {
        const registers = use ? operation[use] : operation.in.concat(operation.out);
        return (!hypercall || operation.hypercall === hypercall) &&
            (!register || registers.includes(register)) &&
            words.every((word) => operation.text.includes(word));
    }

    function filter() {
        const words = field('text').value.toLowerCase().split(/\s+/).filter(Boolean);
        const [hypercall, register, use] = ['hypercall', 'register', 'use'].map((name) => field(name).value);
        const shown = new Set();
        let number = 0;
        for (const operation of operations) {
            const is_match = matches(operation, words, hypercall, register, use);
            operation.row.hidden = operation.section.hidden = !is_match;
            if (is_match) {
                shown.add(operation.hypercall);
                number++;
            }
        }
        for (const part of document.querySelectorAll('tbody[data-hypercall], section[data-hypercall]'))
            part.hidden = !shown.has(part.dataset.hypercall);
        count.textContent = number === operations.length ? operations.length + ' operations'
            : number ? number + ' of ' + operations.length + ' operations' : 'No operation matches.';
    }

    /* A link to an operation that is filtered out shows it. */
    function show_target() {
        const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
        if (target && target.closest('[hidden]')) {
            form.reset();
            filter();
            target.scrollIntoView();
        }
    }

    form.addEventListener('input', filter);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('reset', () => setTimeout(filter));
    window.addEventListener('hashchange', show_target);
    form.hidden = false;
    filter();
}());
