'use strict';
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId('trace');
  const now = byId('now');
  const slider = byId('slider');
  if (!table || !table.querySelector('tr.frame')) {
    return;
  }
  const names = (kind) => [...table.tHead.querySelectorAll('th.' + kind)].map((cell) => cell.textContent);
  const cpus = names('cpu');
  const objects = names('object');
  let frames = [];
  let current = 0;
  let timer = 0;

  const element = (tag, text, style) => {
    const made = document.createElement(tag);
    made.textContent = text;
    made.className = style || '';
    return made;
  };

  const values = (row, kind) => [...row.querySelectorAll('td.' + kind)].map((cell) => cell.dataset.now);

  /** The last row up to this one that says how things are: the violation's own row does not. */
  const stateAt = (index) => frames.slice(0, index + 1).reverse().find((row) => row.dataset.number);

  const list = (title, labels, values, before) => {
    const shown = labels.map((label, i) => [label, values[i], i]).filter(([, value]) => value);
    if (!shown.length) {
      return [];
    }
    const dl = document.createElement('dl');
    for (const [label, value, i] of shown) {
      const style = before && before[i] !== value ? 'changed' : '';
      dl.append(element('dt', label, style), element('dd', value, style));
    }
    return [element('h3', title), dl];
  };

  const tell = (row, index) => {
    const violation = row.classList.contains('violation');
    const state = stateAt(index);
    const before = index > 0 && !violation ? stateAt(index - 1) : null;
    const words = violation ? row.textContent : row.querySelector('td.acts').textContent;
    now.className = violation ? 'bad' : '';
    now.replaceChildren(
      element('h2', violation ? 'violation' : '#' + row.dataset.number + '  ' + row.dataset.who),
      element('p', words, 'text'),
      element('p', row.dataset.site || '', 'site'),
      ...(state ? list('processors', cpus, values(state, 'cpu'), before && values(before, 'cpu')) : []),
      ...(state ? list('objects', objects, values(state, 'object'), before && values(before, 'object')) : []));
  };

  const show = (index) => {
    current = Math.max(0, Math.min(index, frames.length - 1));
    const row = frames[current];
    let later = false;
    for (const each of table.tBodies[0].rows) {
      each.classList.toggle('now', each === row);
      each.classList.toggle('later', later);
      each.classList.remove('source');
      later = later || each === row;
    }
    for (const link of row.querySelectorAll('a[href^="#step="]')) {
      const source = rowOf(link.getAttribute('href').slice(6));
      if (source) {
        source.classList.add('source');
      }
    }
    slider.value = current;
    byId('where').textContent = (current + 1) + ' of ' + frames.length;
    document.documentElement.dataset.step = row.dataset.number || 'violation';
    tell(row, current);
    row.scrollIntoView({block: 'nearest'});
  };

  const rowOf = (number) => frames.find((row) => row.dataset.number === number);

  const count = () => {
    const row = frames[current];
    frames = [...table.querySelectorAll('tr.frame:not([hidden])')];
    slider.max = frames.length - 1;
    current = Math.max(0, frames.indexOf(row));
  };

  const pause = () => {
    clearInterval(timer);
    timer = 0;
    byId('play').textContent = 'play';
  };

  const play = () => {
    if (timer) {
      pause();
      return;
    }
    if (current === frames.length - 1) {
      show(0);
    }
    byId('play').textContent = 'pause';
    timer = setInterval(() => (current < frames.length - 1 ? show(current + 1) : pause()), 900);
  };

  const goTo = (index) => {
    pause();
    show(index);
  };

  const goToHash = () => {
    const wanted = /^#step=(.+)$/.exec(location.hash);
    if (wanted) {
      const row = wanted[1] === 'last' ? frames[frames.length - 1] : rowOf(wanted[1]);
      goTo(row ? frames.indexOf(row) : 0);
    }
    return Boolean(wanted);
  };

  const fold = (row) => {
    row.classList.toggle('open');
    for (let next = row.nextElementSibling; next && next.classList.contains('folded'); next = next.nextElementSibling) {
      next.hidden = !row.classList.contains('open');
    }
    count();
    show(current);
  };

  table.addEventListener('click', (event) => {
    const row = event.target.closest('tr');
    if (event.target.closest('a') || !row) {
      return;
    }
    if (row.classList.contains('fold')) {
      fold(row);
    } else if (frames.includes(row)) {
      goTo(frames.indexOf(row));
    }
  });
  slider.addEventListener('input', () => goTo(Number(slider.value)));
  byId('first').addEventListener('click', () => goTo(0));
  byId('back').addEventListener('click', () => goTo(current - 1));
  byId('play').addEventListener('click', play);
  byId('forth').addEventListener('click', () => goTo(current + 1));
  byId('last').addEventListener('click', () => goTo(frames.length - 1));
  addEventListener('hashchange', goToHash);
  addEventListener('keydown', (event) => {
    const to = {
      ArrowLeft: current - 1, ArrowUp: current - 1, ArrowRight: current + 1, ArrowDown: current + 1,
      Home: 0, End: frames.length - 1,
    }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey || (to === undefined && event.key !== ' ')) {
      return;
    }
    event.preventDefault();
    if (to === undefined) {
      play();
    } else {
      goTo(to);
    }
  });

  byId('player').hidden = false;
  now.hidden = false;
  document.body.classList.add('stepping');
  count();
  if (!goToHash()) {
    show(0);
  }
})();
