using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;
using Kappa.Tensors.Kernels;

namespace Kappa.Tests.Rescaling;

/// <summary>A convolution with kernels above 1 x 1 and so many weights that it is treated in several blocks of output channels, against loops over all of its
/// products.</summary>
public class BlockedConvolutionTests
{
    // The second convolution has stride 2 and gives Rows by Columns pixels.
    private const int Inputs = 2, Hidden = 512, Outputs = 40, Classes = 3, Height = 4, Width = 3, Kernel = 3, Rows = 2, Columns = 2;

    private static readonly RescalingOptions Options = new() { InputShape = [Inputs, Height, Width], Tolerance = 1e-12, Sweeps = 5000 };

    [Theory]
    [InlineData(DataType.Float64, 1)]
    [InlineData(DataType.Float64, 1e-40)]
    [InlineData(DataType.Float32, 1)]
    public void The_diagonal_and_the_best_scales_are_those_of_loops_over_every_product(DataType type, double lastRows)
    {
        var model = Make(type, lastRows);
        Assert.True(ChannelBlock.Of(new ConvolutionGeometry(1, Hidden, Height, Width, Outputs, Kernel, Kernel, 2, 1, 1, 1)).Count() > 2);
        double[][] expected = Reference.Diagonal(
            [.. model.Parameters()
            .Select(parameter => Enumerable.Range(0, parameter.Tensor.Count).Select(i => Math.Pow(parameter.Tensor.ElementAsDouble(i), 2)).ToArray())]);
        foreach (var (naive, got) in expected.Zip(PathLifting.GramDiagonal(model, Options)))
        {
            double[] values = got.Tensor.ToArray<double>();
            Assert.Equal(naive.Length, values.Length);
            for (int i = 0; i < naive.Length; i++)
                Assert.True(Math.Abs(naive[i] - values[i]) <= 1e-12 * naive[i], $"{got.Name}[{i}]: expected {naive[i]}, got {values[i]}");
        }

        var result = PathConditioning.Analyse(model, Options);
        Assert.True(result.Converged);
        Assert.Equal(Hidden + Outputs, result.LogScales.Count);
        double[] start = new double[Hidden + Outputs];
        Assert.Equal(Reference.Criterion(expected, start, new double[start.Length]), result.CriterionBefore, 1e-11 * Math.Abs(result.CriterionBefore));
        double[] slope = new double[start.Length];
        Assert.Equal(Reference.Criterion(expected, [.. result.LogScales], slope), result.CriterionAfter, 1e-11 * Math.Abs(result.CriterionAfter));
        // At the minimum every derivative vanishes: those of a unit are sums of hundreds of parameters.
        Assert.All(slope, value => Assert.InRange(value, -1e-6, 1e-6));
    }

    private static Sequential Make(DataType type, double lastRows)
    {
        var model = new Sequential(
            new Conv2d(Inputs, Hidden, Kernel, padding: 1, type: type), new ReLU(),
            new Conv2d(Hidden, Outputs, Kernel, stride: 2, padding: 1, type: type), new ReLU(),
            new Flatten(), new Linear(Outputs * Rows * Columns, Classes, type: type));
        _ = model.Initialize(new Philox(3));
        if (type == DataType.Float64)
        {
            foreach (ref double value in model.Parameters()[2].Tensor.Values<double>()[(33 * Hidden * Kernel * Kernel)..])
                value *= lastRows;
        }

        return model;
    }

    /// <summary>Plain loops over the squares of the parameters, in the order of the model.</summary>
    private static class Reference
    {
        internal static double[][] Diagonal(double[][] squares)
        {
            double[] input = [.. Enumerable.Repeat(1.0, Inputs * Height * Width)];
            double[] first = Forward(input, Inputs, Hidden, 1, Height, Width, squares[0], squares[1]);
            double[] second = Forward(first, Hidden, Outputs, 2, Rows, Columns, squares[2], squares[3]);
            double[][] result = [.. squares.Select(values => new double[values.Length])];
            double[] atSecond = new double[second.Length], atFirst = new double[first.Length];
            for (int k = 0; k < Classes; k++)
            {
                result[5][k] = 1;
                for (int i = 0; i < second.Length; i++)
                {
                    result[4][(k * second.Length) + i] = second[i];
                    atSecond[i] += squares[4][(k * second.Length) + i];
                }
            }

            Backward(first, atSecond, Hidden, Outputs, 2, Rows, Columns, squares[2], result[2], result[3], atFirst);
            Backward(input, atFirst, Inputs, Hidden, 1, Height, Width, squares[0], result[0], result[1], new double[input.Length]);
            return result;
        }

        /// <summary>F(z), and its derivatives: a parameter that leaves unit h counts with exp(z_h), one that enters it with exp(-z_h).</summary>
        internal static double Criterion(double[][] g, double[] z, double[] slope)
        {
            double total = 0, sum = 0;
            double[] weighted = new double[z.Length], counts = new double[z.Length];
            for (int p = 0; p < g.Length; p++)
            {
                for (int i = 0; i < g[p].Length; i++)
                {
                    // The units that it enters and leaves; -1 for none.
                    var (enter, leave) = p switch
                    {
                        0 => (i / (Inputs * Kernel * Kernel), -1),
                        1 => (i, -1),
                        2 => (Hidden + (i / (Hidden * Kernel * Kernel)), i / (Kernel * Kernel) % Hidden),
                        3 => (Hidden + i, -1),
                        4 => (-1, Hidden + (i % (Outputs * Rows * Columns) / (Rows * Columns))),
                        _ => (-1, -1),
                    };
                    double exponent = (leave >= 0 ? z[leave] : 0) - (enter >= 0 ? z[enter] : 0);
                    double share = g[p][i] * Math.Exp(exponent);
                    total += share;
                    sum += exponent;
                    foreach (var (unit, sign) in ((int, int)[])[(enter, -1), (leave, 1)])
                    {
                        if (unit < 0)
                            continue;
                        weighted[unit] += sign * share;
                        counts[unit] += sign;
                    }
                }
            }

            int parameters = g.Sum(values => values.Length);
            for (int h = 0; h < slope.Length; h++)
                slope[h] = (parameters * weighted[h] / total) - counts[h];
            return (parameters * Math.Log(total)) - sum;
        }

        private static double[] Forward(double[] x, int inputs, int outputs, int stride, int rows, int columns, double[] weight, double[] bias)
        {
            double[] y = new double[outputs * rows * columns];
            Visit(inputs, outputs, stride, rows, columns, (from, at, to) => y[to] += weight[at] * x[from]);
            for (int i = 0; i < y.Length; i++)
                y[i] += bias[i / (rows * columns)];
            return y;
        }

        private static void Backward(
            double[] x, double[] delta, int inputs, int outputs, int stride, int rows, int columns, double[] weight, double[] atWeight, double[] atBias,
            double[] atX)
        {
            Visit(inputs, outputs, stride, rows, columns, (from, at, to) =>
            {
                atWeight[at] += delta[to] * x[from];
                atX[from] += delta[to] * weight[at];
            });
            for (int i = 0; i < delta.Length; i++)
                atBias[i / (rows * columns)] += delta[i];
        }

        /// <summary>Every product of a convolution with padding 1 of images of <see cref="Height"/> by <see cref="Width"/>.</summary>
        private static void Visit(int inputs, int outputs, int stride, int rows, int columns, Action<int, int, int> product)
        {
            for (int to = 0; to < outputs * rows * columns; to++)
            {
                int column = to % columns, row = to / columns % rows, output = to / columns / rows;
                for (int at = 0; at < inputs * Kernel * Kernel; at++)
                {
                    int x = (column * stride) - 1 + (at % Kernel), y = (row * stride) - 1 + (at / Kernel % Kernel);
                    if (x >= 0 && x < Width && y >= 0 && y < Height)
                        product((((at / Kernel / Kernel * Height) + y) * Width) + x, (output * inputs * Kernel * Kernel) + at, to);
                }
            }
        }
    }
}
