namespace Kappa.Lab.Tests.Tasks.Cloning;

public sealed class CloningRowsTests
{
    [Fact]
    public void Rows_hold_what_was_seen_and_the_actions_from_then_on()
    {
        // Two demonstrations of four steps: what is seen is 0..7, what is done 10..17.
        var set = new DemonstrationSet([0, 1, 2, 3, 4, 5, 6, 7], [10, 11, 12, 13, 14, 15, 16, 17], 1, 1, 2);
        var rows = CloningRows.Of(set, chunk: 3, stack: 2, every: 2, [2]);
        Assert.Equal(4, rows.Count);
        Assert.Equal([0, 0, 0, 1, 4, 4, 4, 5], rows.Observations([0, 1, 2, 3]).ToArray<float>());
        Assert.Equal([10, 11, 12, 11, 12, 13, 14, 15, 16, 15, 16, 17], rows.Targets.ToArray<float>());
        Assert.Equal([15, 16, 17], rows.TargetsOf([3]).ToArray<float>());
        Assert.Equal([0, 2], rows.Spread(2));
        Assert.Equal([0, 1, 2, 3], rows.Spread(9));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => CloningRows.Of(set, 5, 1, 1, [1]));
    }

    [Fact]
    public void A_chunk_of_one_is_every_step_with_its_own_action()
    {
        var set = new DemonstrationSet([0, 1, 2, 3], [10, 11, 12, 13], 1, 1, 2);
        var rows = CloningRows.Of(set, 1, 1, 1, [1]);
        Assert.Equal(set.Observations, rows.Observations(rows.Spread(9)).ToArray<float>());
        Assert.Equal(set.Actions, rows.Targets.ToArray<float>());
    }
}
