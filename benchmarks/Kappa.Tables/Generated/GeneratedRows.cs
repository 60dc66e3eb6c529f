namespace Kappa.Tables.Generated;

/// <summary>Rows of a table that is made up.</summary>
/// <param name="Names">The names of the features, in the order of their columns.</param>
/// <param name="Features"><c>[rows, features]</c>, a row after the other.</param>
/// <param name="Targets"><c>[rows]</c>: numbers, or 1 and 0 for the two classes.</param>
/// <param name="Truth"><c>[rows]</c>: the best prediction that there is, the number without its noise or the probability of class 1.</param>
internal sealed record GeneratedRows(string[] Names, double[] Features, double[] Targets, double[] Truth)
{
    internal int Count => Targets.Length;

    /// <summary>Writes them as CSV, every number so that it reads back as it is.</summary>
    internal void WriteCsv(string path, string target, bool isClasses)
    {
        int width = Names.Length;
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var writer = new StreamWriter(path);
        writer.Write($"{string.Join(',', Names)},{target}\n");
        for (int row = 0; row < Count; row++)
        {
            for (int column = 0; column < width; column++)
            {
                writer.Write(Features[(row * width) + column].ToString("R", CultureInfo.InvariantCulture));
                writer.Write(',');
            }
            writer.Write(isClasses ? GeneratedTable.ClassNames[(int)Targets[row]] : Targets[row].ToString("R", CultureInfo.InvariantCulture));
            writer.Write('\n');
        }
    }
}
