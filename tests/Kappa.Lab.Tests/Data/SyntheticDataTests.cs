namespace Kappa.Lab.Tests.Data;

public sealed class SyntheticDataTests
{
    [Fact]
    public void Two_moons_without_noise_lie_on_their_half_circles()
    {
        var (x, y) = TwoMoons.Create(500, new Philox(1), noise: 0).Take([.. Enumerable.Range(0, 500)]);
        for (int i = 0; i < 500; i++)
        {
            double first = x.Values<float>()[2 * i], second = x.Values<float>()[(2 * i) + 1];
            var (centreX, centreY, side) = y.Values<int>()[i] == 0 ? (0.0, 0.0, 1) : (1.0, 0.5, -1);
            Assert.Equal(1, Math.Pow(first - centreX, 2) + Math.Pow(second - centreY, 2), 5);
            Assert.True(side * (second - centreY) >= -1e-6);
        }
        Assert.Equal(250, y.ToArray<int>().Sum());
    }

    [Fact]
    public void Noise_of_two_moons_has_the_standard_deviation_asked_for()
    {
        // Distance from the circle, to first order one normal coordinate: standard error of its deviation 0.05 / sqrt(2 * 20000).
        var x = TwoMoons.Create(20_000, new Philox(2), noise: 0.05).Take([.. Enumerable.Range(0, 20_000)]).Inputs.ToArray<float>();
        double squares = 0;
        for (int i = 0; i < 20_000; i++)
        {
            var (centreX, centreY) = i % 2 == 0 ? (0.0, 0.0) : (1.0, 0.5);
            double radius = Math.Sqrt(Math.Pow(x[2 * i] - centreX, 2) + Math.Pow(x[(2 * i) + 1] - centreY, 2));
            squares += (radius - 1) * (radius - 1);
        }
        Assert.InRange(Math.Sqrt(squares / 20_000), 0.0485, 0.0515);
    }

    [Fact]
    public void Checkerboard_points_lie_on_dark_squares_and_fill_each_evenly()
    {
        const int Count = 40_000;
        var (x, y) = Checkerboard.Create(Count, new Philox(3), squares: 4, extent: 2).Take([.. Enumerable.Range(0, Count)]);
        int[] quarters = new int[8 * 4];
        for (int i = 0; i < Count; i++)
        {
            double first = x.Values<float>()[2 * i], second = x.Values<float>()[(2 * i) + 1];
            Assert.Equal(0.125, Checkerboard.Density(first, second));
            int quarter = (2 * (int)(2 * (second - Math.Floor(second)))) + (int)(2 * (first - Math.Floor(first)));
            quarters[(4 * y.Values<int>()[i]) + quarter]++;
            int row = (int)Math.Floor(second + 2), column = (int)Math.Floor(first + 2);
            Assert.Equal(y.Values<int>()[i], (2 * row) + (column / 2));
        }
        // 1,250 expected in each of 32; 4.5 standard deviations.
        Assert.All(quarters, count => Assert.InRange(count, 1250 - 157, 1250 + 157));
    }

    [Fact]
    public void Checkerboard_density_integrates_to_one()
    {
        double sum = 0;
        for (int i = 0; i < 300; i++)
        {
            for (int j = 0; j < 300; j++)
                sum += Checkerboard.Density(-3 + ((i + 0.5) / 50), -3 + ((j + 0.5) / 50), squares: 6, extent: 3) / 2500;
        }
        Assert.Equal(1, sum, 10);
        Assert.Equal(0, Checkerboard.Density(3, 0, 6, 3));
    }

    [Fact]
    public void The_same_seed_gives_the_same_points()
    {
        Assert.Equal(Points(4), Points(4));
        Assert.NotEqual(Points(4), Points(5));

        static float[] Points(ulong seed) => [
            .. TwoMoons.Create(5, new Philox(seed)).Take([0, 1, 2, 3, 4]).Inputs.ToArray<float>(),
            .. Checkerboard.Create(5, new Philox(seed)).Take([0, 1, 2, 3, 4]).Inputs.ToArray<float>()];
    }
}
