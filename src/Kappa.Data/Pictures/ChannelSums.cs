namespace Kappa.Data.Pictures;

/// <summary>Sums over the pixels of one picture, whole numbers: sums of them are exact in any order.</summary>
/// <param name="Sums">Of the bytes, for each channel.</param>
/// <param name="Squares">Of their squares.</param>
internal readonly record struct ChannelSums(long[] Sums, long[] Squares)
{
    /// <summary>Of a picture <c>[channels, height, width]</c>.</summary>
    internal static ChannelSums Of(byte[] pixels, int channels)
    {
        long[] sums = new long[channels], squares = new long[channels];
        int area = pixels.Length / channels;
        for (int channel = 0; channel < channels; channel++)
        {
            foreach (byte value in pixels.AsSpan(channel * area, area))
            {
                sums[channel] += value;
                squares[channel] += value * value;
            }
        }
        return new ChannelSums(sums, squares);
    }
}
