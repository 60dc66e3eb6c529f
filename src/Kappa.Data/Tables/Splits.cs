namespace Kappa.Data.Tables;

/// <summary>Parts rows into those to train on and those to measure on: at random, evenly by class, by groups, by time, and into folds.</summary>
/// <remarks>Each is a function of its arguments and of the generator, which advances. Labels, groups and times are taken from a table by
/// <see cref="Keys(Table, string)"/>, and labels from a data set by <see cref="Labels(DataSet)"/>.</remarks>
public static class Splits
{
    /// <summary>At random.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="validation">The part to measure on, above 0 and below 1; so many rows to the nearest one, and one at least on each side.</param>
    /// <param name="generator">Decides which; it advances.</param>
    public static RowSplit Random(int count, double validation, Philox generator)
    {
        int wanted = Wanted(count, validation);
        return new RowSplit(count, Shuffled(count, generator)[..wanted]);
    }

    /// <summary>At random, with every class on both sides in its proportion: each class has the exact part of its rows, to less than one row.</summary>
    /// <param name="labels"><c>[rows]</c>: the class of each.</param>
    /// <param name="validation">The part to measure on, above 0 and below 1.</param>
    /// <param name="generator">Decides which; it advances.</param>
    /// <param name="single">What becomes of a class with one row.</param>
    /// <exception cref="ArgumentException">A class has one row.</exception>
    public static RowSplit Stratified(ReadOnlySpan<int> labels, double validation, Philox generator, SinglePolicy single = SinglePolicy.Error)
    {
        int wanted = Wanted(labels.Length, validation);
        var classes = Classes(labels, generator);
        RequireTwo(classes, single, "on both sides");
        // Whole rows first, then one more each to the classes with the largest rests, until as many as wanted are there.
        var shares = classes.Where(of => of.Rows.Length > 1)
            .Select(of => (of.Rows, Exact: validation * of.Rows.Length, Count: (int)(validation * of.Rows.Length)))
            .OrderByDescending(share => share.Exact - share.Count).ToArray();
        int rest = wanted - shares.Sum(share => share.Count);
        return new RowSplit(
            labels.Length, shares.SelectMany((share, i) => share.Rows[..(share.Count + (i < rest && share.Count + 1 < share.Rows.Length ? 1 : 0))]));
    }

    /// <summary>By groups, such as patients, which stand whole on one side: as near to the wanted part as a random order of the groups comes.</summary>
    /// <param name="groups"><c>[rows]</c>: the group of each.</param>
    /// <param name="validation">The part of the rows to measure on, above 0 and below 1.</param>
    /// <param name="generator">Decides which; it advances.</param>
    /// <exception cref="ArgumentException">There is one group alone.</exception>
    public static RowSplit Grouped(ReadOnlySpan<int> groups, double validation, Philox generator)
    {
        int wanted = Wanted(groups.Length, validation);
        var order = Classes(groups, generator);
        if (order.Count < 2)
            throw new ArgumentException("there is one group alone, which cannot stand on both sides", nameof(groups));
        int[] places = Shuffled(order.Count, generator);
        List<int> taken = [];
        int groupsTaken = 0;
        foreach (int place in places)
        {
            int[] rows = order[place].Rows;
            // A group is taken where that comes nearer; the first that is small enough otherwise follows.
            if (groupsTaken < order.Count - 1 && Math.Abs(taken.Count + rows.Length - wanted) < Math.Abs(taken.Count - wanted))
            {
                taken.AddRange(rows);
                groupsTaken++;
            }
        }
        if (taken.Count == 0)
            taken.AddRange(order.MinBy(of => of.Rows.Length).Rows);
        return new RowSplit(groups.Length, taken);
    }

    /// <summary>By time: what is measured on comes after all that is trained on. Rows of one time stay together, so that it may be fewer.</summary>
    /// <param name="times"><c>[rows]</c>: numbers that grow with time.</param>
    /// <param name="validation">The part of the rows to measure on, above 0 and below 1.</param>
    /// <exception cref="ArgumentException">A time is missing, or all are the same.</exception>
    public static RowSplit ByTime(ReadOnlySpan<double> times, double validation)
    {
        int count = times.Length, wanted = Wanted(count, validation);
        double[] values = times.ToArray();
        int missing = Array.FindIndex(values, double.IsNaN);
        if (missing >= 0)
            throw new ArgumentException($"row {missing} has no time", nameof(times));
        int[] rows = [.. Enumerable.Range(0, count).OrderBy(row => values[row])];
        int first = count - wanted;
        while (first < count && values[rows[first]] == values[rows[first - 1]])
            first++;
        if (first == count)
        {
            throw new ArgumentException(
                $"the last {wanted} rows have one time with rows before them, {values[rows[^1]]:R}: nothing is left that comes after; take a larger part",
                nameof(times));
        }
        return new RowSplit(count, rows[first..]);
    }

    /// <summary>At random into folds, each of which is measured on once; their sizes differ by one at most.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="folds">How many, 2 to the number of rows.</param>
    /// <param name="generator">Decides which; it advances.</param>
    public static IReadOnlyList<RowSplit> Folds(int count, int folds, Philox generator)
    {
        RequireFolds(folds, count, "rows");
        return Deal(count, folds, [Shuffled(count, generator)]);
    }

    /// <summary>Into folds with every class in its proportion: the rows of a class in two folds differ by one at most.</summary>
    /// <param name="labels"><c>[rows]</c>: the class of each.</param>
    /// <param name="folds">How many, 2 to the number of rows.</param>
    /// <param name="generator">Decides which; it advances.</param>
    /// <param name="single">What becomes of a class with one row; <see cref="SinglePolicy.Training"/> trains on it in every fold.</param>
    /// <exception cref="ArgumentException">A class has one row.</exception>
    public static IReadOnlyList<RowSplit> StratifiedFolds(ReadOnlySpan<int> labels, int folds, Philox generator, SinglePolicy single = SinglePolicy.Error)
    {
        RequireFolds(folds, labels.Length, "rows");
        var classes = Classes(labels, generator);
        RequireTwo(classes, single, "in two folds");
        return Deal(labels.Length, folds, classes.Where(of => of.Rows.Length > 1).Select(of => of.Rows));
    }

    /// <summary>Into folds of whole groups: each group, the largest first, comes to the fold with the fewest rows.</summary>
    /// <param name="groups"><c>[rows]</c>: the group of each.</param>
    /// <param name="folds">How many, 2 to the number of groups.</param>
    /// <param name="generator">Decides between groups of one size; it advances.</param>
    public static IReadOnlyList<RowSplit> GroupedFolds(ReadOnlySpan<int> groups, int folds, Philox generator)
    {
        var all = Classes(groups, generator);
        RequireFolds(folds, all.Count, "groups");
        int[] order = Shuffled(all.Count, generator);
        var rows = Enumerable.Range(0, folds).Select(_ => new List<int>()).ToArray();
        foreach (var (_, group) in order.Select(place => all[place]).OrderByDescending(of => of.Rows.Length))
            rows.MinBy(fold => fold.Count)!.AddRange(group);
        int count = groups.Length;
        return [.. rows.Select(fold => new RowSplit(count, fold))];
    }

    /// <summary>A number for each value of a column, the same for the same value: labels, or groups.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <returns><c>[rows]</c>.</returns>
    /// <exception cref="ArgumentException">A row has no value.</exception>
    public static int[] Keys(Table table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        var values = table[column];
        if (Enumerable.Range(0, values.Count).Where(values.IsMissing).Take(1).ToArray() is [int row])
        {
            throw new ArgumentException(
                $"row {row} has no value in column \"{column}\": table.WithoutMissing(\"{column}\") leaves such rows out", nameof(table));
        }
        return [.. CategoryColumn.From(column, Enumerable.Range(0, values.Count).Select(values.TextOf)).Codes];
    }

    /// <summary>The times of a column of dates or numbers, for <see cref="ByTime"/>.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <returns><c>[rows]</c>.</returns>
    /// <exception cref="ArgumentException">The column has texts.</exception>
    public static double[] Times(Table table, string column)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table[column] switch
        {
            DateColumn dates => [.. dates.Days],
            NumberColumn numbers => [.. numbers.Values],
            var other => throw new ArgumentException($"column \"{column}\" has {other.Kind}; dates or numbers have an order in time", nameof(column)),
        };
    }

    /// <summary>The labels of a data set.</summary>
    /// <param name="data">Targets <c>[]</c> of Int32. All examples are read once.</param>
    /// <returns><c>[examples]</c>.</returns>
    /// <exception cref="ArgumentException">Its targets are something else.</exception>
    public static int[] Labels(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.TargetType != DataType.Int32 || data.TargetShape.Rank != 0
            ? throw new ArgumentException($"expected a label for each example, [] of Int32; got targets {data.TargetShape} {data.TargetType}", nameof(data))
            : [.. data.BatchesInOrder(1000).SelectMany(batch => batch.Targets.ToArray<int>())];
    }

    private static int Wanted(int count, double validation)
    {
        if (!(validation is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(validation), validation, "expected the part to measure on, above 0 and below 1, such as 0.2");
        return count < 2 ? throw new ArgumentException($"expected 2 rows or more, so that neither side is empty; got {count}", nameof(count))
            : Math.Clamp((int)Math.Round(validation * count), 1, count - 1);
    }

    private static void RequireFolds(int folds, int most, string of)
    {
        if (folds < 2 || folds > most)
            throw new ArgumentOutOfRangeException(nameof(folds), folds, $"expected 2 folds to {most}, the number of {of}");
    }

    private static int[] Shuffled(int count, Philox generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        int[] rows = [.. Enumerable.Range(0, count)];
        generator.Shuffle(rows);
        return rows;
    }

    /// <summary>The rows of each class, in random order, classes by their number.</summary>
    private static List<(int Label, int[] Rows)> Classes(ReadOnlySpan<int> labels, Philox generator)
    {
        int[] of = labels.ToArray();
        return [.. Shuffled(of.Length, generator).GroupBy(row => of[row]).OrderBy(group => group.Key).Select(group => (group.Key, group.ToArray()))];
    }

    private static void RequireTwo(List<(int Label, int[] Rows)> classes, SinglePolicy single, string where)
    {
        if (single == SinglePolicy.Error && classes.Exists(of => of.Rows.Length < 2))
        {
            var (label, rows) = classes.Find(of => of.Rows.Length < 2);
            throw new ArgumentException(
                $"class {label} has one example, in row {rows[0]}, which cannot stand {where}: leave it out, or set SinglePolicy.Training to train on it");
        }
    }

    /// <summary>Gives the rows of one class after the other to the folds in turn.</summary>
    private static RowSplit[] Deal(int count, int folds, IEnumerable<int[]> classes)
    {
        var dealt = Enumerable.Range(0, folds).Select(_ => new List<int>()).ToArray();
        int next = 0;
        foreach (int row in classes.SelectMany(rows => rows))
            dealt[next++ % folds].Add(row);
        return [.. dealt.Select(rows => new RowSplit(count, rows))];
    }
}
