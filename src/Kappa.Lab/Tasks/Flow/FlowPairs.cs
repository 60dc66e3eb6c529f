namespace Kappa.Lab.Tasks.Flow;

/// <summary>What a velocity field is trained on: points of straight paths from noise to data, and the velocity along them.</summary>
/// <remarks>
/// <para>Conditional flow matching with straight paths: <c>x_t = (1 - t) x_0 + t x_1</c> with x_0 standard normal, x_1 an example and t uniform on [0, 1);
/// the target is <c>x_1 - x_0</c> (Lipman and others, 2022, arXiv 2210.02747, equation 23 with sigma_min = 0; Liu and others, 2022, arXiv 2209.03003).</para>
/// <para>Pair i takes example <c>i mod examples</c>; its noise and time follow from i and the seed alone, so that a run repeats and resumes to the same bits
/// whoever asks for which pairs in which order.</para>
/// </remarks>
/// <param name="examples">x_1.</param>
/// <param name="draws">Noises and times that each example comes with.</param>
/// <param name="areTimesEven">Whether times are spread evenly rather than drawn, which measures a loss with less chance.</param>
/// <param name="generator">Decides noise and times; it does not advance.</param>
internal sealed class FlowPairs(PointSet examples, int draws, bool areTimesEven, Philox generator)
{
    public int Count => examples.Count * draws;

    /// <summary>Some pairs.</summary>
    /// <param name="indices">Which, each below <see cref="Count"/>.</param>
    /// <returns>Inputs <c>[pairs, dimension + 1]</c>, x_t and then t; targets <c>[pairs, dimension]</c>.</returns>
    public (Tensor Inputs, Tensor Targets) Of(ReadOnlySpan<int> indices)
    {
        int dimension = examples.Dimension;
        var inputs = Tensor.Zeros([indices.Length, dimension + 1]);
        var targets = Tensor.Zeros([indices.Length, dimension]);
        var points = inputs.Values<float>();
        var velocities = targets.Values<float>();
        for (int row = 0; row < indices.Length; row++)
        {
            int index = indices[row];
            var own = generator.Split(index);
            float time = areTimesEven ? (float)((index + 0.5) / Count) : own.NextSingle();
            var end = examples[index % examples.Count];
            var velocity = velocities.Slice(row * dimension, dimension);
            var point = points.Slice(row * (dimension + 1), dimension + 1);
            own.FillNormal(velocity);
            for (int i = 0; i < dimension; i++)
            {
                float start = velocity[i];
                point[i] = ((1 - time) * start) + (time * end[i]);
                velocity[i] = end[i] - start;
            }
            point[dimension] = time;
        }
        return (inputs, targets);
    }
}
