namespace Kappa.Lab.Experiments;

/// <summary>A learning rate that was chosen out of a list, which grew while its best rate was at an edge.</summary>
/// <param name="Rate">The rate of the least loss.</param>
/// <param name="Losses">Every rate that was tried, with its loss; infinite where training diverged.</param>
internal sealed record RateSearch(double Rate, IReadOnlyDictionary<double, double> Losses)
{
    private const double UsualRatio = 10;

    /// <summary>Whether it is the least or the largest rate of those tried.</summary>
    internal bool IsAtEdge => Rate == Losses.Keys.Min() || Rate == Losses.Keys.Max();

    /// <summary>Tries the rates, and one beyond the best while that is at an edge.</summary>
    /// <param name="rates">What is tried first.</param>
    /// <param name="extensions">The most rates that are added.</param>
    /// <param name="lossOf">The loss at a rate; what diverged is as bad as can be.</param>
    internal static RateSearch Run(IEnumerable<double> rates, int extensions, Func<double, double> lossOf)
    {
        var losses = new Dictionary<double, double>();
        foreach (double rate in rates)
            losses[rate] = lossOf(rate);
        for (int added = 0; added < extensions && Beyond(losses) is { } next; added++)
            losses[next] = lossOf(next);
        return new RateSearch(Best(losses), losses);
    }

    /// <summary>The rate of the least loss; of equal ones the smallest.</summary>
    internal static double Best(IReadOnlyDictionary<double, double> losses) => losses.OrderBy(one => one.Value).ThenBy(one => one.Key).First().Key;

    /// <summary>The rate beyond the best one where that is at an edge of those tried; null where it is not.</summary>
    internal static double? Beyond(IReadOnlyDictionary<double, double> losses)
    {
        // A rate of 0 trains nothing, and nothing lies beyond it.
        double[] rates = [.. losses.Keys.Where(rate => rate > 0).Order()];
        double best = Best(losses);
        if (best == 0)
            return null;
        double ratio = rates.Length > 1 ? rates[1] / rates[0] : UsualRatio;
        double? beyond = best == rates[^1] ? best * (rates.Length > 1 ? rates[^1] / rates[^2] : ratio) : best == rates[0] ? best / ratio : null;
        // Three digits, as people write rates.
        return beyond is { } rate ? double.Parse(rate.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>What a cell keeps of it.</summary>
    internal void WriteTo(JsonObject result)
    {
        (result["rate"], result["atEdge"]) = (Rate, IsAtEdge);
        result["rates"] = CellResult.Json(Losses.Keys.Order());
        result["validationLosses"] = CellResult.Json(Losses.OrderBy(one => one.Key).Select(one => one.Value));
    }
}
