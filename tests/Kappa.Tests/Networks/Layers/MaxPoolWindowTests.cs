using Kappa.Randomness;
using Kappa.Tensors;

namespace Kappa.Tests.Networks.Layers;

/// <summary>Maxima of windows of every size against the definition, in both precisions: one of them takes several windows at a time.</summary>
public sealed class MaxPoolWindowTests
{
    public static TheoryData<int, int, int, int> Windows
    {
        get
        {
            var data = new TheoryData<int, int, int, int>();
            foreach (var (kernel, stride, padding) in ((int, int, int)[])
            [(3, 2, 1), (3, 1, 1), (3, 3, 0), (2, 2, 1), (2, 1, 0), (5, 2, 2), (1, 1, 0), (4, 5, 2)])
            {
                foreach (int width in (int[])[7, 8, 19, 34, 41])
                    data.Add(kernel, stride, padding, width);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Windows))]
    public void Maxima_and_their_gradients_are_those_of_the_definition(int kernel, int stride, int padding, int width)
    {
        const int Height = 11;
        float[] values = Tensor.Normal([2 * Height * width], new Philox(3)).ToArray<float>();
        // Equals, numbers that are not, and infinities.
        for (int i = 0; i < values.Length; i += 5)
            values[i] = (i % 4) switch { 0 => 1.5f, 1 => float.NaN, 2 => float.PositiveInfinity, _ => float.NegativeInfinity };
        var x = Tensor.From(values, [1, 2, Height, width]);
        x.RequiresGradient = true;
        var y = x.MaxPool2d(kernel, stride, padding);
        float[] gradient = [.. Enumerable.Range(1, y.Count).Select(i => (float)i)];
        y.Backward(Tensor.From(gradient, y.Shape));
        float[] expected = new float[y.Count];
        double[] atInput = new double[values.Length];
        for (int plane = 0, place = 0; plane < 2; plane++)
        {
            for (int i = 0; i < y.Shape[2]; i++)
            {
                for (int j = 0; j < y.Shape[3]; j++, place++)
                {
                    int winner = Winner(values, plane * Height * width, (i * stride) - padding, (j * stride) - padding);
                    expected[place] = values[winner];
                    atInput[winner] += gradient[place];
                }
            }
        }

        Assert.Equal(expected, y.ToArray<float>());
        Assert.Equal(atInput.Select(value => (float)value), x.Gradient!.ToArray<float>());

        int Winner(float[] all, int start, int top, int left)
        {
            int best = -1;
            for (int h = Math.Max(top, 0); h < Math.Min(top + kernel, Height); h++)
            {
                for (int w = Math.Max(left, 0); w < Math.Min(left + kernel, width); w++)
                {
                    int at = start + (h * width) + w;
                    if (best < 0 || all[at] > all[best] || (float.IsNaN(all[at]) && !float.IsNaN(all[best])))
                        best = at;
                }
            }
            return best;
        }
    }
}
