-- What a model is for. Everything so far was for chats.
ALTER TABLE price_model ADD COLUMN mode text NOT NULL DEFAULT 'chat' CHECK (mode IN ('chat', 'completion', 'embedding'));
ALTER TABLE price_model ALTER COLUMN mode DROP DEFAULT;

-- An embedding model puts out no tokens.
ALTER TABLE price_model DROP CONSTRAINT price_model_check;
ALTER TABLE price_model ADD CONSTRAINT price_model_max_output_tokens_check
    CHECK (max_output_tokens <= context_tokens AND (max_output_tokens > 0) = (mode <> 'embedding'));
