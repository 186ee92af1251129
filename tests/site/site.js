// SPDX-License-Identifier: MIT
// The pages of the web site in headless Chromium: accessibility (axe), widths, print, no network.
//   node site.js FOLDER [SCREENSHOT-FOLDER]     CHROMIUM: the browser (/usr/bin/chromium)
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { chromium } = require('playwright-core');
const axe = require('./axe.js');

const [folder, pictures] = process.argv.slice(2);
const url = (name) => pathToFileURL(path.resolve(folder, name)).href;
const looks = {
    desktop: { width: 1280, height: 900, colorScheme: 'light' },
    dark: { width: 1280, height: 900, colorScheme: 'dark' },
    telephone: { width: 360, height: 740, colorScheme: 'light' },
};
let passed = 0, failed = 0;

function check(title, good, details) {
    good ? passed++ : failed++;
    console.log(`${good ? 'ok' : 'FAILED'} ${title}` +
        (good || details === undefined ? '' : ': ' + JSON.stringify(details).slice(0, 2000)));
}

async function look(page, name) {
    await page.emulateMedia({ media: null, colorScheme: looks[name].colorScheme });
    await page.setViewportSize(looks[name]);
}

async function test_axe(page, what, part) {
    const { passed: good, faults } = await axe[part](page);
    check(`${what}: axe, ${part}: ${good} passed`, good && !faults.length, faults);
}

// Only tables and code may be wider than the window, and scroll by themselves.
async function test_width(page, what, width) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => ({
        page: document.documentElement.scrollWidth - innerWidth,
        elements: [...document.querySelectorAll('main *, header *, nav *')].filter((element) => {
            const box = element.getBoundingClientRect();
            return box.width && !element.closest('.wide, pre') &&
                (box.right > innerWidth + 0.5 || box.left < -0.5);
        }).map((element) => element.outerHTML.slice(0, 100)),
    }));
    check(`${what}: no horizontal scroll at ${width} px`, wide.page <= 0 && !wide.elements.length, wide);
}

async function test_print(page, what) {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.setViewportSize({ width: 680, height: 960 });
    const style = await page.evaluate(() => ({
        paper: getComputedStyle(document.body).backgroundColor,
        ink: getComputedStyle(document.body).color,
        shown: [...document.querySelectorAll('nav, .skip, header')].filter((e) => e.checkVisibility()).length,
        wide: document.documentElement.scrollWidth - innerWidth,
    }));
    check(`${what}: print is black on white, without navigation`, style.paper === 'rgb(255, 255, 255)' &&
        style.ink === 'rgb(0, 0, 0)' && !style.shown, style);
}

async function test_page(page, name) {
    await look(page, 'desktop');
    await page.goto(url(name));
    const facts = await page.evaluate(() => ({
        headings: document.querySelectorAll('h1').length,
        images: [...document.images].filter((image) => !image.naturalWidth || !image.alt).map((i) => i.src),
        current: document.querySelectorAll('nav [aria-current]').length,
    }));
    check(`${name}: one heading, images are shown and described`, facts.headings === 1 &&
        !facts.images.length && facts.current <= 1, facts);
    for (const what of Object.keys(looks)) {
        await look(page, what);
        await test_axe(page, `${name}, ${what}`, 'contrast');
        if (what !== 'dark')
            await test_axe(page, `${name}, ${what}`, 'rules');
    }
    for (const width of [320, 768, 1280])
        await test_width(page, name, width);
    await test_print(page, name);
}

async function take_pictures(page) {
    fs.mkdirSync(pictures, { recursive: true });
    for (const name of ['index', 'language', 'api-spec']) {
        for (const what of Object.keys(looks)) {
            await look(page, what);
            await page.goto(url(`${name}.html`));
            await page.screenshot({ path: path.join(pictures, `${name}-${what}.png`) });
        }
    }
}

async function main() {
    const browser = await chromium.launch({
        executablePath: process.env.CHROMIUM || '/usr/bin/chromium', headless: true,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    // axe is put into the page, which the page's own policy would refuse.
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    const requests = [], messages = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(String(error)));
    // The reference has a test of its own, tests/reference.
    const names = fs.readdirSync(folder).filter((name) => name.endsWith('.html') && name !== 'reference.html');
    for (const name of names)
        await test_page(page, name);
    await look(page, 'desktop');
    await page.goto(url('index.html'));
    await page.keyboard.press('Tab');
    check('the first stop is the skip link', await page.evaluate(() => document.activeElement.className) === 'skip');
    if (pictures)
        await take_pictures(page);
    const outside = requests.filter((request) => !request.startsWith(url('')));
    check('nothing is loaded from elsewhere', requests.length > names.length && !outside.length, outside);
    check('no message from the browser', !messages.length, messages);
    await browser.close();
    console.log(`${passed} passed, ${failed} failed, 0 skipped`);
    process.exitCode = failed ? 1 : 0;
}

main().catch((error) => { console.log('FAILED', error); process.exitCode = 1; });
