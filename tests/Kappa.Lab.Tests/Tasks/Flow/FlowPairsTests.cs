namespace Kappa.Lab.Tests.Tasks.Flow;

public sealed class FlowPairsTests
{
    private static readonly PointSet Examples = new([5, -1, 7, 3, 0, 2], 2);

    [Fact]
    public void Points_lie_on_straight_paths_from_standard_noise_to_their_example()
    {
        const int Draws = 4000;
        var pairs = new FlowPairs(Examples, Draws, areTimesEven: false, new Philox(1));
        Assert.Equal(3 * Draws, pairs.Count);
        var (inputs, targets) = pairs.Of([.. Enumerable.Range(0, pairs.Count)]);
        float[] points = inputs.ToArray<float>(), velocities = targets.ToArray<float>();
        var noise = new List<double>();
        var times = new List<double>();
        for (int row = 0; row < pairs.Count; row++)
        {
            float time = points[(3 * row) + 2];
            times.Add(time);
            for (int i = 0; i < 2; i++)
            {
                float point = points[(3 * row) + i], velocity = velocities[(2 * row) + i];
                Assert.Equal(Examples[row % 3][i], point + ((1 - time) * velocity), 1e-4f);
                noise.Add(point - (time * velocity));
            }
        }
        Assert.Equal(0, noise.Average(), 4 / Math.Sqrt(noise.Count));
        Assert.Equal(1, noise.Average(value => value * value), 4 * Math.Sqrt(2.0 / noise.Count));
        Assert.All(times, time => Assert.InRange(time, 0, 1));
        Assert.Equal(0.5, times.Average(), 4 * Math.Sqrt(1 / 12.0 / times.Count));
        // A time says nothing of the noise beside it.
        Assert.Equal(0, noise.Index().Average(item => item.Item * (times[item.Index / 2] - 0.5)), 4 * Math.Sqrt(1 / 12.0 / noise.Count));
    }

    [Fact]
    public void A_pair_is_the_same_whoever_asks_for_it_with_which_others()
    {
        var pairs = new FlowPairs(Examples, 10, areTimesEven: false, new Philox(1));
        var alone = pairs.Of([17]);
        var (inputs, targets) = new FlowPairs(Examples, 10, areTimesEven: false, new Philox(1)).Of([3, 17, 17, 14]);
        Assert.Equal(alone.Inputs.ToArray<float>(), inputs.ToArray<float>()[3..6]);
        Assert.Equal(alone.Targets.ToArray<float>(), targets.ToArray<float>()[4..6]);
        // 14 is the same example at another draw.
        Assert.NotEqual(inputs.ToArray<float>()[3..6], inputs.ToArray<float>()[9..]);
        Assert.NotEqual(inputs.ToArray<float>()[3..6], new FlowPairs(Examples, 10, areTimesEven: false, new Philox(2)).Of([17]).Inputs.ToArray<float>());
    }

    [Fact]
    public void Even_times_are_the_middles_of_equal_parts()
    {
        float[] inputs = new FlowPairs(Examples, 1, areTimesEven: true, new Philox(1)).Of([0, 1, 2]).Inputs.ToArray<float>();
        Assert.Equal([1 / 6f, 0.5f, 5 / 6f], [inputs[2], inputs[5], inputs[8]]);
    }
}
