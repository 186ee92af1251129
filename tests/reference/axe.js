// SPDX-License-Identifier: MIT
// Accessibility of a page in Chromium, by axe-core. Must not know what the page is about.
'use strict';
const fs = require('fs');

const source = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// Ten times as slow as all other rules together, and decided by the kind of an element.
const slow = 'color-contrast';

async function run(page, options) {
    await page.evaluate(source);
    const result = await page.evaluate((o) => window.axe.run(document, o),
        { resultTypes: ['violations'], preload: false, ...options });
    return { passed: result.passes.length, faults: result.violations.map((fault) =>
        `${fault.id}: ${fault.help} (${fault.nodes.length}x) ${fault.nodes[0].html.slice(0, 200)}`) };
}

// All rules but the slow one, on the whole page.
exports.rules = (page) => run(page, { runOnly: levels, rules: { [slow]: { enabled: false } } });

// The slow rule on one element of each kind: tags and classes from the body down.
exports.contrast = async (page) => {
    await page.evaluate(() => {
        const kind = (element) => element === document.body ? '' :
            `${kind(element.parentElement)} ${element.localName}.${element.className}`;
        const seen = new Set(), kept = new Set();
        const all = [...document.body.querySelectorAll('*')];
        for (const element of all.filter((e) => e.checkVisibility() && !seen.has(kind(e)) && seen.add(kind(e))))
            for (let e = element; e; e = e.parentElement)
                kept.add(e);
        window.hidden_for_axe = all.filter((element) => !kept.has(element));
        window.hidden_for_axe.forEach((element) => element.style.setProperty('display', 'none', 'important'));
    });
    const result = await run(page, { runOnly: [slow] });
    await page.evaluate(() => window.hidden_for_axe.forEach((element) => element.style.removeProperty('display')));
    return result;
};
