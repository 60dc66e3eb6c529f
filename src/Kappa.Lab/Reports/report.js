"use strict";
(() => {
  // The same as in files for papers: a name has one colour and one symbol in all plots of a page.
  let colors, symbols, names;
  const faded = (color, alpha) => color + hex(alpha * 255);
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // Colours are made for white; on a dark page they are mixed with it.
  const screen = () => ({ text: style("--text"), soft: style("--soft"), line: style("--line"), back: "rgba(0,0,0,0)", white: dark.matches ? 0.3 : 0 });
  // What is printed or saved is for paper, whatever the screen looks like.
  const paper = { text: "#1d2125", soft: "#5c6670", line: "#d9dde1", back: "#ffffff", white: 0 };
  const hex = value => Math.round(value).toString(16).padStart(2, "0");
  const mixed = (color, white) => "#" + [1, 3, 5].map(i => parseInt(color.slice(i, i + 2), 16)).map(part => hex(part + (255 - part) * white)).join("");
  // Plotly takes some marks in a text as HTML, links among them, and texts come from files.
  const plain = text => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  // What is not finite comes by name, and is a gap.
  const finite = values => values.map(value => typeof value === "number" ? value : null);
  const short = value => typeof value === "number" ? String(Number(value.toPrecision(4))) : value;

  // How many decades a logarithmic axis would span; 0 where a linear one shows more: values at or below zero, or all of one size.
  function decades(values) {
    const known = finite(values).filter(value => value !== null);
    const least = known.reduce((a, b) => Math.min(a, b), Infinity), most = known.reduce((a, b) => Math.max(a, b), -Infinity);
    const span = Math.log10(most / least);
    return least > 0 && span > 1 ? span : 0;
  }

  function axis(text, decades, theme) {
    return {
      title: { text: plain(text), standoff: 6 }, type: decades ? "log" : "linear", automargin: true, gridcolor: theme.line, linecolor: theme.line,
      zeroline: false, exponentformat: "power", ...(decades >= 2 && decades <= 8 ? { dtick: 1 } : { nticks: 8 }),
    };
  }

  // In lines that are as wide as there is room.
  function wrapped(text, width) {
    const most = Math.max(12, Math.floor(width / 7.3)), lines = [];
    for (const word of text.split(" ")) {
      if (lines.length > 0 && lines.at(-1).length + word.length < most) lines.push(lines.pop() + " " + word);
      else lines.push(word);
    }
    return lines;
  }

  function layout(element, plot, theme, size = { width: element.clientWidth }) {
    const logX = plot.logX ? decades(plot.lines.flatMap(line => line.x)) : 0;
    const logY = plot.logY ? decades(plot.lines.flatMap(line => [...line.y, ...(line.low || [])])) : 0;
    const title = wrapped(plot.title, size.width - 75), isNarrow = size.width < 520;
    return {
      ...(size.height ? size : { autosize: true }),
      title: {
        text: title.map(plain).join("<br>"), font: { size: 14 }, x: 0, xref: "container", xanchor: "left", y: 1, yref: "container", yanchor: "top",
        pad: { l: 8, t: 12 },
      },
      xaxis: axis(plot.xAxis, logX, theme), yaxis: axis(plot.yAxis, logY, theme),
      shapes: plot.marks.map(mark => ({
        type: "line", x0: mark.x, x1: mark.x, y0: 0, y1: 1, yref: "paper", line: { color: theme.soft, width: 1, dash: "dot" },
        label: { text: plain(mark.text), textposition: "end", textangle: 0, xanchor: "left", yanchor: "top", font: { size: 10 } },
      })),
      paper_bgcolor: theme.back, plot_bgcolor: theme.back,
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: theme.text },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: theme.soft, activecolor: theme.text },
      margin: { l: 45, r: 15, t: 22 + 18 * title.length, b: 45 }, hovermode: "closest", hoverlabel: { namelength: -1 },
      // What a reader has zoomed into or hidden stays so when other numbers come.
      uirevision: plot.title,
      legend: { orientation: "h", y: isNarrow ? -0.32 : -0.2, yanchor: "top", x: 0 },
    };
  }

  function traces(plot, theme) {
    return plot.lines.filter(line => line.x.length > 0).flatMap(line => {
      // What somebody else reports is no line of ours, and has no place among them.
      const index = line.isReference ? 0 : names.indexOf(line.name);
      const color = line.isReference ? theme.text : mixed(colors[index % colors.length], theme.white);
      const common = { x: finite(line.x), legendgroup: line.isReference ? line.name : "g" + index };
      const edge = { ...common, mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false };
      const band = line.low && line.high
        ? [{ ...edge, y: finite(line.low) }, { ...edge, y: finite(line.high), fill: "tonexty", fillcolor: faded(color, 0.16) }]
        : [];
      const hover = line.hover && {
        hoverinfo: "text",
        hovertext: line.hover.map((text, i) =>
          [line.name, text, plot.xAxis + " " + short(line.x[i]), (plot.yAxis || plot.title) + " " + short(line.y[i])].map(plain).join("<br>")),
      };
      return [...band, {
        ...common, ...hover, y: finite(line.y), name: plain(line.name), showlegend: true,
        mode: line.pointsOnly ? "markers" : line.x.length < 25 && !line.isReference ? "lines+markers" : "lines",
        line: { color, width: 2, dash: index < colors.length && !line.isReference ? "solid" : "dash" },
        marker: { color, symbol: symbols[(index + Math.floor(index / colors.length)) % symbols.length], size: line.hover ? 8 : 6, opacity: line.hover ? 0.75 : 1 },
      }];
    });
  }

  function saving(format) {
    return {
      name: "save-" + format, title: "Save as " + format.toUpperCase(), icon: format === "svg" ? Plotly.Icons.disk : Plotly.Icons.camera,
      click: element => {
        const { plot } = plots.find(one => one.element === element);
        const name = plot.title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "plot";
        const size = { width: element.clientWidth, height: element.clientHeight };
        Plotly.downloadImage(
          { data: traces(plot, paper), layout: layout(element, plot, paper, size) }, { format, filename: name, ...size, scale: format === "png" ? 3 : 1 });
      },
    };
  }

  let plots = [];
  const config = { responsive: true, displaylogo: false, displayModeBar: true, modeBarButtons: [[saving("svg"), saving("png")]] };
  function draw() {
    const read = name => JSON.parse(document.getElementById(name).textContent), parts = read("plots");
    ({ colors, symbols, names } = read("looks"));
    plots = [...document.querySelectorAll("[data-plot]")].map(element => ({ element, plot: parts[element.dataset.part][element.dataset.plot] }));
    redraw(screen());
  }

  function redraw(theme, sizeOf = () => undefined) {
    for (const { element, plot } of plots) {
      // The names of many lines need room of their own below a narrow plot.
      const lines = plot.lines.filter(line => line.x.length > 0).length;
      element.style.height = element.clientWidth < 520 && lines > 4 ? 19 + 1.85 * lines + "rem" : "";
      Plotly.react(element, traces(plot, theme), layout(element, plot, theme, sizeOf(element)), config);
    }
  }
  // A page has its size only once it is printed; a column of A4 and of Letter is at least so wide.
  const printed = element => ({ width: element.parentNode.children.length === 1 ? 690 : 340, height: 288 });

  draw();
  // A page that goes on says so when it has other plots.
  document.addEventListener("plots", draw);
  dark.addEventListener("change", () => redraw(screen()));
  addEventListener("beforeprint", () => redraw(paper, printed));
  addEventListener("afterprint", () => redraw(screen()));
})();
