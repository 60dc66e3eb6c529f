namespace Kappa.Lab.Reports;

/// <summary>Plots of what was measured of a model's conditioning during its training.</summary>
internal static class DiagnosticsPlots
{
    internal static IEnumerable<LinePlot> Of(DiagnosticsRecord[] records)
    {
        if (records.Length == 0)
            yield break;
        static LinePlot Plot(string title, IEnumerable<PlotLine> lines) => new(title, "step", "", [.. lines]);
        PlotLine LineOf(string name, Func<DiagnosticsRecord, double?> read) => Line(name, records, record => record.Step, read);
        LinePlot OfWeights(string title, Func<WeightDiagnostics, double?> read) =>
            Plot(title, records[0].Weights.Select((weight, i) => LineOf(weight.Parameter, record => read(record.Weights[i]))));

        yield return OfWeights("Largest singular value", weight => weight.Largest);
        yield return OfWeights("Smallest singular value", weight => weight.Smallest);
        yield return OfWeights("log10 of the condition of weights", weight => Log(weight.Condition));
        yield return OfWeights("Effective rank over the full rank", weight => weight.EffectiveRank / Math.Min(weight.Rows, weight.Columns));
        yield return OfWeights("Norm of weights", weight => weight.Norm);
        yield return OfWeights("Norm of the step", weight => weight.Update);
        if (records[0].Units.Count > 0)
            yield return Plot("Dormant share of units", records[0].Units.Select((layer, i) => LineOf(layer.Layer, record => record.Units[i].DormantFraction)));
        if (records.Any(record => record.Jacobian is not null))
        {
            yield return Plot(
                "End-to-end Jacobian: singular values", [
                LineOf("largest", record => record.Jacobian?.Largest), LineOf("smallest", record => record.Jacobian?.Smallest)]);
        }

        if (records.Any(record => record.Kernel is not null))
            yield return Plot("log10 of the condition of the tangent kernel", [LineOf("tangent kernel", record => Log(record.Kernel?.Condition))]);
    }

    /// <summary>The finite values that some records have; those that have none are no gap.</summary>
    internal static PlotLine Line<T>(string name, IReadOnlyList<T> records, Func<T, double> at, Func<T, double?> read)
    {
        var known = records.Select(record => (X: at(record), Y: read(record))).Where(point => point.Y is { } value && double.IsFinite(value)).ToArray();
        return new PlotLine(name, [.. known.Select(point => point.X)], [.. known.Select(point => point.Y!.Value)]);
    }

    private static double? Log(double? value) => value is { } number && number > 0 ? Math.Log10(number) : null;
}
