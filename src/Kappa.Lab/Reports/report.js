"use strict";
(() => {
  // Okabe and Ito's colours: told apart by readers with any kind of colour vision.
  const colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31", "#7f7f7f", "#6a51a3", "#b2182b"];
  const symbols = ["circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down", "pentagon", "hexagon"];
  const colorOf = i => colors[i % colors.length];
  const faded = (color, alpha) => color + Math.round(alpha * 255).toString(16).padStart(2, "0");
  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const plots = [];

  function layout(title, x, y, options = {}) {
    const axis = (text, log) => ({
      title: { text, standoff: 8 }, type: log ? "log" : "linear", automargin: true, gridcolor: style("--line"), linecolor: style("--line"),
      zeroline: false, exponentformat: "power", ...(log ? { dtick: 1 } : {}),
    });
    return {
      title: title ? { text: title, font: { size: 14 }, x: 0, xref: "paper", xanchor: "left" } : undefined,
      xaxis: axis(x, options.logX), yaxis: axis(y, options.logY),
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: style("--text") },
      margin: { l: 60, r: 15, t: title ? 40 : 15, b: 45 }, hovermode: "closest",
      legend: { orientation: "h", y: -0.22, yanchor: "top", x: 0 },
    };
  }

  function bands(lines, labels, visible) {
    const result = [];
    for (const line of lines) {
      if (line.x.length === 0) continue;
      const color = colorOf(line.optimizer), group = "g" + line.optimizer;
      const edge = { x: line.x, mode: "lines", line: { width: 0 }, hoverinfo: "skip", showlegend: false, legendgroup: group };
      result.push({ ...edge, y: line.low });
      result.push({ ...edge, y: line.high, fill: "tonexty", fillcolor: faded(color, 0.16) });
      result.push({
        x: line.x, y: line.y, mode: line.x.length < 25 ? "lines+markers" : "lines", name: labels[line.optimizer], legendgroup: group,
        line: { color, width: 2 }, marker: { symbol: symbols[line.optimizer % symbols.length], size: 6 }, showlegend: visible,
      });
    }
    return result;
  }

  function add(box, traces, makeLayout) {
    const element = document.createElement("div");
    element.className = "plot";
    box.append(element);
    plots.push({ element, traces, makeLayout });
  }

  // A logarithmic axis shows no band that touches zero, so it is used only where all is positive.
  const positive = lines => lines.every(line => [line.y, line.low].every(list => list.every(v => v === null || v > 0)));

  for (const box of document.querySelectorAll("[data-plots]")) {
    const data = JSON.parse(document.getElementById("data-" + box.dataset.run).textContent);
    if (box.dataset.plots === "curves") {
      add(box, bands(data.validationLoss, data.labels, true), () => layout("Validation loss", "step", "validation loss", { logY: positive(data.validationLoss) }));
      add(box, bands(data.trainingLoss, data.labels, true), () => layout("Training loss", "step", "training loss", { logY: positive(data.trainingLoss) }));
    } else if (box.dataset.plots === "scatter") {
      const traces = data.scatter.filter(points => points.x.length > 0).map(points => ({
        x: points.x, y: points.y, text: points.hover, mode: "markers", name: data.labels[points.optimizer],
        marker: { color: colorOf(points.optimizer), symbol: symbols[points.optimizer % symbols.length], size: 8, opacity: 0.75 },
        hovertemplate: "%{fullData.name}<br>%{text}<br>validation loss %{x:.4g}<br>" + "metric %{y:.4g}<extra></extra>",
      }));
      const allPositive = traces.every(trace => trace.x.every(v => v > 0));
      add(box, traces, () => layout("", "validation loss", data.metricName, { logX: allPositive, logY: data.metricLogScale }));
    } else {
      for (const plot of data.horizons) {
        add(box, bands(plot.lines, data.labels, true), () =>
          layout(plot.name, "horizon (" + data.horizonUnit + ")", plot.name, { logY: plot.logScale && positive(plot.lines) }));
      }
    }
  }

  // Drawn only now, when each place has its final width.
  for (const plot of plots)
    Plotly.newPlot(plot.element, plot.traces, plot.makeLayout(), { responsive: true, displayModeBar: false });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const plot of plots) Plotly.relayout(plot.element, plot.makeLayout());
  });
})();
