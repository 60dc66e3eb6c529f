using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tests.Statistics;

public sealed class FactorialTests
{
    private const int Combinations = 16;
    private const int Seeds = 3;

    // The effects of the factors, in the order of their bits.
    private static readonly double[] Mains = [1, -2, 0.5, 3];

    /// <summary>Oracle: least squares on factors coded -1 and 1 with all products, whose coefficients are half of the effects.</summary>
    [Fact]
    public void Effects_are_twice_the_coefficients_of_least_squares()
    {
        var generator = new Philox(5);
        double[][] values = [.. Enumerable.Range(0, Combinations).Select(_ => Enumerable.Range(0, Seeds).Select(_ => generator.NextDouble()).ToArray())];
        var design = Matrix<double>.Build.Dense(
            Combinations, Combinations, (row, column) => Enumerable.Range(0, 4)
                .Where(bit => (column >> bit & 1) == 1).Aggregate(1.0, (product, bit) => product * ((row >> bit & 1) == 1 ? 1 : -1)));
        var means = Vector<double>.Build.Dense([.. values.Select(observed => observed.Average())]);
        var coefficients = design.Solve(means);
        var factorial = new Factorial(values, new Bootstrap(new Philox(0)));
        for (int factors = 1; factors < Combinations; factors++)
            Assert.Equal(2 * coefficients[factors], factorial.Effect(factors)!.Estimate, 1e-12);
    }

    [Fact]
    public void What_adds_up_has_its_effects_and_no_interactions()
    {
        var factorial = Of(combination => Additive(combination));
        for (int factor = 0; factor < 4; factor++)
        {
            Assert.Equal(Mains[factor], factorial.Effect(1 << factor)!.Estimate, 1e-12);
            Assert.Equal(Mains[factor], factorial.Over(1 << factor)!.Estimate, 1e-12);
        }
        Assert.Equal(0, factorial.Effect(0b0011)!.Estimate, 1e-12);
        Assert.Equal(Mains.Sum(), factorial.SumOfAlone()!.Estimate, 1e-12);
        Assert.Equal(0, factorial.BeyondSum()!.Estimate, 1e-12);
    }

    [Fact]
    public void Two_that_help_each_other_are_seen_as_an_interaction_and_beyond_the_sum()
    {
        var factorial = Of(combination => Additive(combination) + ((combination & 0b0110) == 0b0110 ? 4 : 0));
        // Half of what the one changes in the effect of the other, which is 4.
        Assert.Equal(2, factorial.Effect(0b0110)!.Estimate, 1e-12);
        Assert.Equal(0, factorial.Effect(0b0011)!.Estimate, 1e-12);
        Assert.Equal(Mains[1] + 2, factorial.Effect(0b0010)!.Estimate, 1e-12);
        Assert.Equal(4, factorial.BeyondSum()!.Estimate, 1e-12);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void A_seed_that_lacks_a_combination_is_left_out_and_fewer_than_two_say_nothing(int lost, bool isNull)
    {
        double[][] values = Values(Additive);
        for (int seed = 0; seed < lost; seed++)
            values[7][seed] = double.NaN;
        var factorial = new Factorial(values, new Bootstrap(new Philox(0)));
        Assert.Equal(isNull, factorial.Effect(1) is null);
        Assert.Equal(isNull, factorial.BeyondSum() is null);
        if (!isNull)
            Assert.Equal(Mains[0], factorial.Effect(1)!.Estimate, 1e-12);
    }

    private static double Additive(int combination) => Enumerable.Range(0, 4).Sum(bit => (combination >> bit & 1) * Mains[bit]);

    private static Factorial Of(Func<int, double> valueOf) => new(Values(valueOf), new Bootstrap(new Philox(0)));

    private static double[][] Values(Func<int, double> valueOf) =>
        [.. Enumerable.Range(0, Combinations).Select(combination => Enumerable.Range(0, Seeds).Select(seed => valueOf(combination) + seed).ToArray())];
}
