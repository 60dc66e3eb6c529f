using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kappa.Checkpoints;

namespace Kappa.Tests.Checkpoints;

public sealed class SealedJsonTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_sealed_is_read_back_and_any_reader_reads_it(bool indented)
    {
        byte[] bytes = SealedJson.Seal(Example(), indented);
        Assert.True(SealedJson.IsSealed(bytes));
        Assert.Equal(Example().ToJsonString(), SealedJson.Open(bytes).ToJsonString());
        using var json = JsonDocument.Parse(bytes);
        Assert.Equal(SealedJson.Field, json.RootElement.EnumerateObject().First().Name);
        Assert.Equal(64, json.RootElement.GetProperty(SealedJson.Field).GetString()!.Length);
        Assert.Equal(indented ? 10 : 1, Encoding.UTF8.GetString(bytes).Count(character => character == '\n'));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_flipped_bit_is_found(bool indented)
    {
        byte[] whole = SealedJson.Seal(Example(), indented);
        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            _ = Assert.Throws<JsonException>(() => SealedJson.Verify(damaged));
            _ = Assert.Throws<JsonException>(() => SealedJson.Open(damaged));
        }
    }

    [Fact]
    public void Each_truncation_and_what_is_appended_is_found()
    {
        byte[] whole = SealedJson.Seal(Example());
        for (int length = 0; length < whole.Length; length++)
            _ = Assert.Throws<JsonException>(() => SealedJson.Verify(whole.AsSpan(0, length)));
        _ = Assert.Throws<JsonException>(() => SealedJson.Verify([.. whole, (byte)'\n']));
    }

    [Fact]
    public void Sealing_again_replaces_the_hash_and_equal_contents_have_equal_bytes()
    {
        byte[] first = SealedJson.Seal(Example());
        var read = JsonNode.Parse(first)!.AsObject();
        Assert.Equal(first, SealedJson.Seal(read));
        read["step"] = 4;
        Assert.NotEqual(first, SealedJson.Seal(read));
        SealedJson.Verify(SealedJson.Seal(read));
    }

    [Fact]
    public void What_is_not_sealed_says_so()
    {
        Assert.False(SealedJson.IsSealed("{}"u8));
        Assert.False(SealedJson.IsSealed(""u8));
        Assert.Contains("as its first field", Assert.Throws<JsonException>(() => SealedJson.Open("""{"step": 3}"""u8)).Message, StringComparison.Ordinal);
    }

    private static JsonObject Example() => new() { ["step"] = 3, ["name"] = "\u00e9tape", ["list"] = new JsonArray(1, 2.5), ["none"] = null };
}
