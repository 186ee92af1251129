// SPDX-License-Identifier: MIT
// The HTML reference in headless Chromium: search and filters, accessibility (axe), telephone, print, no network.
//   node page.js PAGE.html MODEL.json [SCREENSHOT-FOLDER]     CHROMIUM: the browser (/usr/bin/chromium)
// MODEL.json: {"TITLE": {"in": [registers], "out": [registers]}}, from the specifications by another reader.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { chromium } = require('playwright-core');
const axe = require('./axe.js');

const [page_path, model_path, pictures] = process.argv.slice(2);
const url = pathToFileURL(path.resolve(page_path)).href;
const model = JSON.parse(fs.readFileSync(model_path, 'utf8'));
let passed = 0, failed = 0;

function check(title, good, details) {
    good ? passed++ : failed++;
    console.log(`${good ? 'ok' : 'FAILED'} ${title}${good || details === undefined ? '' : ': ' + JSON.stringify(details).slice(0, 2000)}`);
}

const same = (a, b) => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());

// What of the page a reader sees: operations of the table, and of the reference below it.
const shown = (page, selector) => page.evaluate((s) => [...document.querySelectorAll(s)]
    .filter((element) => element.checkVisibility()).map((element) => element.dataset.title || element.id), selector);
const rows = (page) => page.evaluate(() => [...document.querySelectorAll('.index tr[data-in]')]
    .filter((row) => row.checkVisibility()).map((row) => row.querySelector('a').hash.slice(1)));
const sections = (page) => shown(page, '.operation');

async function filter(page, values) {
    await page.click('button[type=reset]');
    for (const [name, value] of Object.entries(values)) {
        if (name === 'text')
            await page.fill('#page-text', value);
        else
            await page.selectOption('#page-' + name, value);
    }
    await page.waitForTimeout(20);
}

async function check_filter(page, title, values, expected) {
    await filter(page, values);
    const got = await rows(page);
    check(`filter: ${title} (${expected.length})`, same(got, expected) && same(await sections(page), expected),
        { got, expected });
    const count = await page.textContent('#page-count');
    check(`  and says so: ${count}`, expected.length ? count.startsWith(String(expected.length)) : /^No /.test(count));
}

async function test_filters(page) {
    const titles = Object.keys(model);
    const where = (test) => titles.filter((title) => test(model[title], title));
    await check_filter(page, 'nothing', {}, titles);
    for (const hypercall of new Set(titles.map((title) => title.split('.')[0])))
        await check_filter(page, hypercall, { hypercall }, where((_, title) => title.split('.')[0] === hypercall));
    for (const register of ['rax', 'rdi', 'rsi', 'r8', 'r9', 'r10', 'r11', 'r12']) {
        for (const use of ['in', 'out'])
            await check_filter(page, `${register} as ${use}`, { register, use }, where((op) => op[use].includes(register)));
        await check_filter(page, register, { register }, where((op) => op.in.concat(op.out).includes(register)));
    }
    await check_filter(page, 'text that no operation has', { text: 'zzz qqq' }, []);
    const one = titles[Math.floor(titles.length / 2)];
    await check_filter(page, `the title ${one}`, { text: one.toUpperCase() }, where((_, title) => title.startsWith(one)));
    await filter(page, { text: 'port domain' });
    const found = await page.evaluate(() => [...document.querySelectorAll('.operation')].every((section) =>
        section.checkVisibility() === ['port', 'domain'].every((word) => section.textContent.toLowerCase().includes(word))));
    check('filter: every word must be there, in any order', found);
    await filter(page, { text: 'zzz qqq' });
    await page.evaluate((title) => { location.hash = title; }, one);
    await page.waitForTimeout(50);
    check('a link to an operation that is filtered out shows it', (await sections(page)).includes(one));
}

// By keyboard alone: the skip link, then the form in its order.
async function test_keyboard(page) {
    await page.goto(url);
    const seen = [];
    for (let i = 0; i < 400 && seen[seen.length - 1] !== 'page-use'; i++) {
        await page.keyboard.press('Tab');
        seen.push(await page.evaluate(() => document.activeElement.id || document.activeElement.className));
    }
    check('the first stop is the skip link', seen[0] === 'skip', seen.slice(0, 3));
    const form = seen.filter((name) => name.startsWith('page-'));
    check('the form in its order', same(form, ['page-text', 'page-hypercall', 'page-register', 'page-use']) &&
        form[0] === 'page-text', form);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    check('focus can be seen', outline === 'solid', outline);
}

async function test_axe(page, what) {
    for (const part of ['rules', 'contrast']) {
        const { passed: good, faults } = await axe[part](page);
        check(`axe, ${what}, ${part}: ${good} passed`, good && !faults.length, faults);
    }
}

async function test_width(page, width) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => ({
        page: document.documentElement.scrollWidth - innerWidth,
        elements: [...document.querySelectorAll('main *, header *, nav *, footer *')].filter((element) => {
            const box = element.getBoundingClientRect();
            return box.width && !element.closest('.unseen, thead') && getComputedStyle(element).position !== 'absolute' &&
                (box.right > innerWidth + 0.5 || box.left < -0.5);
        }).map((element) => element.outerHTML.slice(0, 100)),
    }));
    const tall = await page.evaluate(() => [...document.querySelectorAll('code')].filter((element) =>
        element.textContent.length <= 5 && !element.closest('thead') && element.getClientRects().length > 1).map((element) => element.textContent));
    check(`no short name is broken at ${width} px`, !tall.length, tall.slice(0, 5));
    check(`no horizontal scroll at ${width} px`, wide.page <= 0 && !wide.elements.length, wide);
}

// Where the columns of a kind of table begin: the same in all of them.
async function test_columns(page, what) {
    for (const kind of ['registers', 'types', 'numbers', 'index']) {
        const places = await page.evaluate((name) => [...document.querySelectorAll(`table.${name}`)].map((table) =>
            [...table.querySelectorAll('thead th')].map((cell) => Math.round(cell.getBoundingClientRect().left)).join(' ')), kind);
        check(`${what}: the columns of ${places.length} tables '${kind}' are in line`,
            places.length && new Set(places).size === 1, [...new Set(places)]);
    }
}

// A link's line is below an underscore: that reaches 0.2 em below the letters in the fonts that are common.
async function test_underscores(page) {
    const links = await page.evaluate(() => [...document.querySelectorAll('main a')].filter((a) => a.textContent.includes('_') &&
        getComputedStyle(a).textDecorationLine === 'underline').map((a) => parseFloat(getComputedStyle(a).textUnderlineOffset) /
            parseFloat(getComputedStyle(a).fontSize)));
    check(`underscores can be seen in ${links.length} links`, links.length && links.every((offset) => offset >= 0.3), links.slice(0, 3));
}

async function test_numbers(page) {
    const rows = await page.evaluate(() => [...document.querySelectorAll('.numbers tbody tr')].map((row) =>
        [...row.children].slice(0, 2).map((cell) => cell.textContent).join(' ')));
    check('which number is which register', same(rows, ['reg0 rax', 'reg1 rdi', 'reg2 rsi', 'reg3 r8', 'reg4 r9', 'reg5 r10',
        'reg6 r11', 'reg7 r12']), rows);
}

async function test_print(page, pdf) {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const style = await page.evaluate(() => ({
        paper: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.body).color,
        hidden: ['nav', 'form', '.skip'].filter((name) => document.querySelector(name).checkVisibility()),
        table: getComputedStyle(document.querySelector('.index')).display,
    }));
    check('print: black on white, tables, no navigation', style.paper === 'rgb(255, 255, 255)' &&
        style.ink === 'rgb(0, 0, 0)' && !style.hidden.length && style.table === 'table', style);
    await page.setViewportSize({ width: 680, height: 960 });
    await test_columns(page, 'print');
    await page.pdf({ path: pdf, format: 'A4', preferCSSPageSize: true });
    check('print: a PDF', fs.statSync(pdf).size > 10000);
    await page.emulateMedia({ media: null, colorScheme: null });
}

async function take_pictures(page) {
    fs.mkdirSync(pictures, { recursive: true });
    const shots = { desktop: [1200, 820, 'light'], dark: [1200, 820, 'dark'], telephone: [360, 740, 'light'] };
    for (const [name, [width, height, colorScheme]] of Object.entries(shots)) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height });
        await page.goto(url);
        await page.evaluate(() => document.getElementById('page-index-title').scrollIntoView());
        await page.screenshot({ path: path.join(pictures, name + '.png') });
        await page.evaluate(() => document.querySelectorAll('.operation')[7].scrollIntoView());
        await page.screenshot({ path: path.join(pictures, name + '-operation.png') });
    }
    await page.emulateMedia({ media: 'print', colorScheme: null });
    await page.setViewportSize({ width: 680, height: 960 });
    await page.screenshot({ path: path.join(pictures, 'print.png'), fullPage: false });
    await page.emulateMedia({ media: null });
}

async function main() {
    const folder = fs.mkdtempSync(path.join(require('os').tmpdir(), 'reference-'));
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync'],
    });
    const page = await browser.newPage();
    const requests = [], messages = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(url);
    await test_filters(page);
    await test_columns(page, 'desktop');
    await test_underscores(page);
    await test_numbers(page);
    await test_keyboard(page);
    for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        await test_axe(page, colorScheme);
    }
    await page.emulateMedia({ colorScheme: null });
    for (const width of [320, 360, 414, 768, 1023, 1024, 1280])
        await test_width(page, width);
    await page.setViewportSize({ width: 360, height: 740 });
    await test_axe(page, '360 px');
    await test_print(page, path.join(folder, 'page.pdf'));
    if (pictures)
        await take_pictures(page);
    check('nothing is loaded but the page', requests.every((request) => request.split('#')[0] === url), requests);
    check('no message from the browser', !messages.length, messages);

    const quiet = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await quiet.goto(url);
    const all = await quiet.locator('.operation').count();
    check('without JavaScript: all text, no form', all === Object.keys(model).length &&
        await quiet.isVisible('.operation >> nth=-1') && !await quiet.isVisible('#page-filter'));
    await browser.close();
    fs.rmSync(folder, { recursive: true, force: true });
    console.log(`${passed} passed, ${failed} failed, 0 skipped`);
    process.exitCode = failed ? 1 : 0;
}

main().catch((error) => { console.log('FAILED', error); process.exitCode = 1; });
