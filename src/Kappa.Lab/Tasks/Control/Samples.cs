using MathNet.Numerics.LinearAlgebra;

namespace Kappa.Lab.Tasks.Control;

/// <summary>Many short vectors in double, one after another in memory.</summary>
/// <remarks>Plain loops: a general matrix library spends most of its time on dispatch where one side is 8 long and the other 100,000.</remarks>
internal sealed class Samples
{
    private readonly double[] _values;

    public Samples(int count, int dimension, double[] values)
    {
        if (values.Length != count * dimension)
            throw new ArgumentException($"expected {count} x {dimension} values; got {values.Length}", nameof(values));
        (Count, Dimension, _values) = (count, dimension, values);
    }

    public int Count { get; }

    public int Dimension { get; }

    /// <summary>Sample i.</summary>
    public ReadOnlySpan<double> this[int index] => _values.AsSpan(index * Dimension, Dimension);

    /// <summary>Independent normal entries.</summary>
    public static Samples Normal(int count, int dimension, double standardDeviation, Philox generator)
    {
        double[] values = new double[count * dimension];
        generator.FillNormal(values, 0, standardDeviation);
        return new Samples(count, dimension, values);
    }

    /// <summary>M x for each sample x.</summary>
    public Samples Mapped(Matrix<double> matrix)
    {
        double[] rows = matrix.ToRowMajorArray();
        int outputs = matrix.RowCount;
        double[] values = new double[Count * outputs];
        for (int i = 0; i < Count; i++)
        {
            var sample = this[i];
            for (int j = 0; j < outputs; j++)
            {
                double sum = 0;
                for (int k = 0; k < sample.Length; k++)
                    sum += rows[(j * sample.Length) + k] * sample[k];
                values[(i * outputs) + j] = sum;
            }
        }

        return new Samples(Count, outputs, values);
    }

    /// <summary>The sums with other samples, one by one.</summary>
    public Samples Plus(Samples other) => new(Count, Dimension, [.. _values.Zip(other._values, (left, right) => left + right)]);

    /// <summary>The samples less their mean.</summary>
    public Samples Centred()
    {
        double[] mean = new double[Dimension];
        for (int i = 0; i < _values.Length; i++)
            mean[i % Dimension] += _values[i] / Count;
        return new Samples(Count, Dimension, [.. _values.Select((value, i) => value - mean[i % Dimension])]);
    }

    /// <summary>The mean of x x^T.</summary>
    public Matrix<double> SecondMoment()
    {
        double[] sums = new double[Dimension * Dimension];
        for (int i = 0; i < Count; i++)
        {
            var sample = this[i];
            for (int j = 0; j < sample.Length; j++)
            {
                for (int k = 0; k < sample.Length; k++)
                    sums[(j * sample.Length) + k] += sample[j] * sample[k];
            }
        }

        return Matrix<double>.Build.Dense(Dimension, Dimension, sums) / Count;
    }

    /// <summary>The mean over samples and coordinates of the squared difference.</summary>
    public double MeanSquaredDifference(Samples other)
    {
        double sum = 0;
        for (int i = 0; i < _values.Length; i++)
        {
            double difference = _values[i] - other._values[i];
            sum += difference * difference;
        }

        return sum / _values.Length;
    }

    /// <summary>A float32 tensor <c>[samples, dimension]</c> that outlives the scope it was made in.</summary>
    public Tensor ToTensor() => Tensor.From([.. _values.Select(value => (float)value)], [Count, Dimension]).Keep();
}
