namespace Kappa.Data.Tests.Tables;

public sealed class TableTests
{
    private static readonly Table Small = Table.From(
    [
        new { Name = "ann", Age = (int?)31, Score = 1.5, IsMember = true, Born = new DateTime(1993, 1, 2) },
        new { Name = "bob", Age = (int?)null, Score = 2.5, IsMember = false, Born = new DateTime(1990, 5, 6) },
    ]);

    [Fact]
    public void Objects_become_columns_by_their_properties()
    {
        Assert.Equal(["Name", "Age", "Score", "IsMember", "Born"], Small.Columns.Select(column => column.Name));
        Assert.Equal(
            [ColumnKind.Category, ColumnKind.Number, ColumnKind.Number, ColumnKind.Category, ColumnKind.Date], Small.Columns.Select(column => column.Kind));
        Assert.Equal([31, double.NaN], ((NumberColumn)Small["Age"]).Values.ToArray());
        Assert.True(((NumberColumn)Small["Age"]).IsWhole);
        Assert.False(((NumberColumn)Small["Score"]).IsWhole);
        Assert.Equal("true", Small["IsMember"].TextOf(0));
        Assert.Equal("1990-05-06T00:00:00", Small["Born"].TextOf(1));
    }

    [Fact]
    public void Objects_become_columns_by_what_is_asked_of_them() =>
        Assert.Equal([4, 9], ((NumberColumn)Table.From([2, 3], ("square", x => x * x))["square"]).Values.ToArray());

    [Fact]
    public void Columns_and_rows_are_selected_and_dropped()
    {
        Assert.Equal(["Score", "Name"], Small.Select("Score", "Name").Columns.Select(column => column.Name));
        Assert.Equal(["Name", "Score"], Small.Drop("Age", "IsMember", "Born").Columns.Select(column => column.Name));
        Assert.Equal(["bob", "ann", "bob"], Enumerable.Range(0, 3).Select(Small.Take([1, 0, 1])["Name"].TextOf));
    }

    [Fact]
    public void Wrong_use_is_refused_with_what_was_expected()
    {
        Assert.Contains("no column \"age\"; there are \"Name\", \"Age\"", Assert.Throws<ArgumentException>(() => Small.Select("age")).Message);
        Assert.Contains("rows[1] is not a row: expected 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => Small.Take([0, 2])).Message);
        Assert.Contains("column \"x\", row 1: expected a finite number, or null where there is none; got NaN", Assert.Throws<ArgumentException>(
            () => Table.From([1.0, double.NaN], ("x", x => x))).Message);
        Assert.Contains("row 1: expected String as before; got Int32 2", Assert.Throws<ArgumentException>(
            () => Table.From<object>(["a", 2], ("x", x => x))).Message);
        Assert.Contains("9007199254740993 is not below 2^53", Assert.Throws<ArgumentException>(() => Table.From([9007199254740993L], ("x", x => x))).Message);
        Assert.Contains("got Int32[]", Assert.Throws<ArgumentException>(() => Table.From([new { Rows = new[] { 1 } }])).Message);
        Assert.Contains("columns of one length; \"a\" has 1 rows and \"b\" has 2", Assert.Throws<ArgumentException>(
            () => new Table([new NumberColumn("a", [1]), new NumberColumn("b", [1, 2])])).Message);
        Assert.Contains("row 1: expected a finite number", Assert.Throws<ArgumentException>(() => new NumberColumn("a", [1, double.NegativeInfinity])).Message);
    }
}
