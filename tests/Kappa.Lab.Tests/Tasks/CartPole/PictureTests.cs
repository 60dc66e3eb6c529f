namespace Kappa.Lab.Tests.Tasks.CartPole;

public sealed class PictureTests
{
    [Theory]
    [InlineData(-0.31, -0.2, 0.17, 0.44)]
    [InlineData(0.01, 0.01, 0.03, 0.02)]
    [InlineData(-9, -9, 9, 9)]
    [InlineData(0.9, -0.1, 1.3, 0.1)]
    public void A_box_covers_its_exact_area(double left, double bottom, double right, double top)
    {
        var canvas = new PictureCanvas(20, 1);
        float[] pixels = new float[400];
        canvas.Box(pixels, left, bottom, right, top, 1);
        double Inside(double edge) => Math.Clamp(edge, -1, 1);
        double area = (Inside(right) - Inside(left)) * (Inside(top) - Inside(bottom));
        Assert.Equal(area, pixels.Sum() / (canvas.Scale * canvas.Scale), 1e-6);
        Assert.All(pixels, pixel => Assert.InRange(pixel, 0, 1 + 1e-6f));
    }

    [Theory]
    [InlineData(0, 0, 0.5, 0.3, 0.11)]
    [InlineData(-0.4, 0.2, -0.4, -0.3, 0.08)]
    [InlineData(0.2, 0.1, 0.2, 0.1, 0.3)]
    public void A_capsule_covers_its_area_to_a_few_percent(double x0, double y0, double x1, double y1, double radius)
    {
        var canvas = new PictureCanvas(32, 1);
        float[] pixels = new float[1024];
        canvas.Capsule(pixels, (x0, y0), (x1, y1), radius, 1);
        double area = (2 * radius * double.Hypot(x1 - x0, y1 - y0)) + (Math.PI * radius * radius);
        Assert.InRange(pixels.Sum() / (canvas.Scale * canvas.Scale) / area, 0.96, 1.04);
    }

    [Fact]
    public void A_known_picture_is_drawn()
    {
        // One pixel is 0.5 m: two whole ones and half of two others, in the row above the middle.
        float[] pixels = new float[16];
        new PictureCanvas(4, 1).Box(pixels, -0.75, 0, 0.75, 0.5, 0.5);
        Assert.Equal([0, 0, 0, 0, 0.25f, 0.5f, 0.5f, 0.25f, 0, 0, 0, 0, 0, 0, 0, 0], pixels);
    }

    [Fact]
    public void A_picture_tells_where_the_cart_is_and_how_the_pole_stands()
    {
        var upright = Draw(new(0, 0, 0, 0));
        RequireMirrored(upright, upright);
        RequireMirrored(Draw(new(0.3, 0.8, 0, 0)), Draw(new(-0.3, -0.8, 0, 0)));
        // A hundredth of a radian shows: the edges are smooth.
        Assert.True(upright.Zip(Draw(new(0, 0.01, 0, 0)), (one, other) => Math.Abs(one - other)).Sum() > 0.01);
        Assert.True(upright.Take(12 * 24).Sum() > 3 * upright.Skip(12 * 24).Sum(), "the pole stands up");
        Assert.True(Draw(new(0, Math.PI, 0, 0)).Skip(12 * 24).Sum() > upright.Skip(12 * 24).Sum(), "the pole hangs");
    }

    [Fact]
    public void Pictures_are_stacked_oldest_first_and_the_first_stands_for_what_was_before()
    {
        var eye = CartPoleEye.OfPictures(24, 3, 2);
        CartPoleState[] states = [.. Enumerable.Range(0, 6).Select(i => new CartPoleState(0.1 * i, 0.3 * i, 0, 0))];
        Assert.Equal([.. Draw(states[1]), .. Draw(states[3]), .. Draw(states[5])], Seen(states));
        Assert.Equal([.. Draw(states[0]), .. Draw(states[0]), .. Draw(states[1])], Seen(states[..2]));

        float[] Seen(CartPoleState[] until)
        {
            float[] seen = new float[eye.ObservationSize];
            eye.Observe(until, seen);
            return seen;
        }
    }

    private static float[] Draw(CartPoleState state)
    {
        float[] pixels = new float[24 * 24];
        new CartPoleArtist(24).Draw(state, pixels);
        return pixels;
    }

    private static void RequireMirrored(float[] one, float[] other)
    {
        for (int i = 0; i < one.Length; i++)
            Assert.Equal(one[i], other[(i / 24 * 24) + 23 - (i % 24)], 1e-4f);
    }
}
